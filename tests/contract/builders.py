"""Accounts and changes with defaults: a test names what matters to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.contribution import Contribution
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId, SourceName, TierId
from shared.accounts.standing import Cause, Method, Standing, TierChange
from shared.accounts.store import AccountChange, AccountStore, Link
from shared.accounts.values import Value
from shared.accounts.version import Version

NOW = datetime(2026, 11, 22, 7, 0, 0, 123456, tzinfo=UTC)
ACME = AccountId("acme")
TIER_1 = TierId("tier-1")
TIER_2 = TierId("tier-2")


def record(external_id: str = "acct_42", source: str = "generic") -> RecordKey:
    return RecordKey(SourceName(source), external_id)


def contribution(values: Mapping[str, Value | None] | None = None, version: int = 1) -> Contribution:
    return Contribution(
        Version.of_number(version), NOW, {FieldName(name): value for name, value in (values or {}).items()}
    )


def account(
    account_id: str = "acme",
    *,
    values: Mapping[str, Value] | None = None,
    records: Mapping[RecordKey, Contribution] | None = None,
    tier: TierId | None = None,
    due_at: datetime | None = None,
) -> Account:
    given: dict[FieldName, Value] = {FieldName(name): value for name, value in (values or {}).items()}
    return Account(
        AccountId(account_id),
        NOW,
        records={record(account_id): Contribution(Version.of_number(1), NOW, given)} if records is None else records,
        values=given,
        standing=Standing() if tier is None else Standing(tier, Method.RULES, RuleId("high"), NOW, 1, 1),
        due_at=due_at,
    )


def link(to: Account | AccountId = ACME, key: RecordKey | None = None, *, stated: bool = False) -> Link:
    return Link(key or record(), to.id if isinstance(to, Account) else to, stated)


def change(of: Account, **rest: object) -> AccountChange:
    return replace(AccountChange(of, Cause.DATA), **rest)  # type: ignore[arg-type]  # fields of an AccountChange


def stored(accounts: AccountStore, of: Account) -> Account:
    return accounts.commit(change(of))


def tier_change(of: Account, *, at: datetime = NOW, decision: Mapping[str, object] | None = None) -> TierChange:
    return TierChange(
        account_id=of.id,
        version=of.standing.changes,
        before=None,
        after=of.standing.tier,
        at=at,
        method=of.standing.method,
        rule=of.standing.rule,
        policy_version=of.standing.policy_version,
        cause="data",
        why="MRR is 1200.00: at least 1000.",
        decision=decision or {"status": "changed", "rules": []},
    )


def moved(of: Account, tier: TierId | None) -> Account:
    """The account one tier change later."""
    standing = replace(of.standing, tier=tier, since=NOW, method=Method.RULES, changes=of.standing.changes + 1)
    return replace(of, standing=standing)


def audit_entry(target: str = "account/acme", at: datetime = NOW + timedelta(seconds=1)) -> AuditEntry:
    return AuditEntry(at, "cs-ops", "override.set", target, {"tier": None}, {"tier": "tier-1", "reason": "Größe"})
