"""What people change is in the audit log if, and only if, the change was made."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.accounts.store import AccountMoved
from shared.aws.dynamodb import bulk
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.audit_rows import KEPT, audit_attributes
from shared.aws.dynamodb.database import Database, plain
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.configuration.documents import DocumentChange, Kind
from shared.memory.accounts import MemoryAccounts
from tests.contract.builders import NOW, account, audit_entry, change


@pytest.fixture
def logged(connection: Database, tables: dict[str, str]) -> Any:
    """Reads the audit log, in no order."""
    return lambda: [plain(item) for item in bulk.scan(connection, tables["audit"])]


def test_an_accounts_change_is_logged_with_it(dynamo_accounts: DynamoAccounts, logged: Any) -> None:
    dynamo_accounts.commit(change(account(), audit=audit_entry()))
    with pytest.raises(AccountMoved):
        dynamo_accounts.commit(change(account(), audit=audit_entry(at=NOW)))

    [row] = logged()
    assert row == {
        "day": "2026-11-22",
        "entry": "00001795330801123456#account/acme#override.set#0",
        "schema": 1,
        "at": 1795330801123456,
        "actor": "cs-ops",
        "action": "override.set",
        "target": "account/acme",
        "before": '{"tier":null}',
        "after": '{"tier":"tier-1","reason":"Gr\\u00f6\\u00dfe"}',
        "expires_at": int((audit_entry().at + KEPT).timestamp()),
    }


def test_every_entry_of_a_commit_is_logged(connection: Database, tables: dict[str, str], logged: Any) -> None:
    documents = DynamoDocuments(connection, config=tables["config"], audit=tables["audit"])
    entries = [audit_entry("policy"), audit_entry("policy"), replace(audit_entry("tiers"), before=None, after=None)]

    documents.commit([DocumentChange(Kind.DRAFT, "policy", 0, {})], at=NOW, by="cs-ops", audit=entries)

    assert sorted((row["target"], row.get("before")) for row in logged()) == [
        ("policy", '{"tier":null}'),
        ("policy", '{"tier":null}'),
        ("tiers", None),
    ]


def test_entries_are_in_the_order_of_time_within_a_day() -> None:
    entries = [audit_entry(at=NOW + timedelta(milliseconds=step)) for step in (0, 1, 999, 60_000)]

    keys = [audit_attributes(entry)["entry"] for entry in entries]

    assert keys == sorted(keys)


def test_the_log_in_memory_holds_what_was_committed() -> None:
    accounts = MemoryAccounts()
    accounts.commit(change(account(), audit=audit_entry()))
    with pytest.raises(AccountMoved):
        accounts.commit(change(account(), audit=audit_entry(at=NOW)))

    assert accounts.audit == [audit_entry()]
