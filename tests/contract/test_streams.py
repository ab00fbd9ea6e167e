"""What the twins' streams tell, and what the decoders read of a stream's records."""

from dataclasses import replace
from typing import Any

from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange
from shared.alerts.notice import NoticeState
from shared.alerts.store import Evaluation
from shared.aws.dynamodb.account_rows import account_attributes, account_of, tier_change_of
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alert_rows import NoticeItem, notice_attributes, notice_of
from shared.aws.dynamodb.database import Database
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from tests.contract.builders import ACME, TIER_1, account, moved, stored, tier_change
from tests.contract.test_alerts import alert, notice
from tests.contract.test_notices import held


def test_each_write_is_in_the_stream_with_its_cause_in_the_order_of_commits() -> None:
    accounts = MemoryAccounts()
    small = stored(accounts, account("small"))
    first = stored(accounts, account())
    later = moved(first, TIER_1)
    second = accounts.commit(AccountChange(later, Cause.TIER, history=tier_change(later), absorbed=small))

    assert accounts.changes == [
        (Cause.DATA, None, small),
        (Cause.DATA, None, first),
        (Cause.TIER, first, second),
        (Cause.NONE, small, accounts.get(small.id)),
    ]
    assert accounts.inserted == [tier_change(later)]


def test_new_notices_are_in_the_outboxs_stream_once() -> None:
    alerts = MemoryAlerts()
    pending = notice(alert())
    alerts.record(Evaluation(ACME, 0, 1, (), (pending,)))
    alerts.move([(pending, replace(pending, state=NoticeState.SUPPRESSED))])
    alerts.record(Evaluation(ACME, 1, 2, (), (pending,)))

    assert alerts.inserted == [pending]


def test_items_bear_what_streams_filter_on(connection: Database) -> None:
    """Event source mappings filter on top-level attributes of the new image."""
    assert account_attributes(account(), Cause.DATA)["cause"] == "data"
    pending = connection.bind(NoticeItem, "notices-of-a-stream")(**notice_attributes(notice(alert()))).serialize()

    assert pending["kind"] == {"S": "notice"}
    assert pending["state"] == {"S": "pending"}
    assert pending["id"] == {"S": notice(alert()).id}
    assert notice_of(pending) == notice(alert())


def test_a_held_notice_is_watched_and_a_settled_one_is_not() -> None:
    watched = notice_attributes(held())
    settled = notice_attributes(replace(held(), state=NoticeState.SENT, settled_at=held().created_at))

    assert {"due_shard", "due_at", "held_for"} <= watched.keys()
    assert not {"due_shard", "due_at", "held_for"} & settled.keys()
    assert settled["expires_at"] > held().created_at.timestamp()


def test_a_streams_image_becomes_the_account_and_its_history(
    dynamo_accounts: DynamoAccounts, connection: Database, tables: dict[str, str]
) -> None:
    after = moved(account(), TIER_1)
    written = dynamo_accounts.commit(AccountChange(after, Cause.TIER, history=tier_change(after)))

    def image(table: str) -> Any:
        return connection.client.scan(TableName=tables[table])["Items"][0]

    assert account_of(image("accounts")) == written
    assert tier_change_of(image("history")) == tier_change(after)
