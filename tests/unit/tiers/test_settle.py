"""What a decision writes: a row of history where the tier changes, little or nothing where it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.catalogue import SYNCED_TIER
from shared.accounts.identity import FieldName, TierId
from shared.accounts.standing import Cause, Hold, Method, Override, TierChange
from shared.accounts.store import AccountChange
from shared.tiers.engine import decide
from shared.tiers.rulebook import Rulebook
from shared.tiers.settle import settled, stands
from shared.tiers.verdict import judge
from tests.support.builders import NOW, account
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import overridden, policy, rule, rulebook

NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def settle(of: Account, book: Rulebook, now: datetime = NOW, *, cause: str = "data") -> AccountChange | None:
    return settled(of, decide(of, book, now), cause=cause)


def written(of: Account, book: Rulebook | None = None, now: datetime = NOW, *, cause: str = "data") -> AccountChange:
    change = settle(of, book or rulebook(), now, cause=cause)
    assert change is not None
    return change


def test_a_first_tier_is_version_one_of_the_history() -> None:
    change = written(account(mrr=640))
    assert change.cause is Cause.TIER
    assert change.account.version == 1
    assert (change.account.standing.tier, change.account.standing.changes) == ("tier-2", 1)
    assert change.account.standing.since == NOW
    assert change.history == TierChange(
        account_id=change.account.id,
        version=1,
        before=None,
        after=TierId("tier-2"),
        at=NOW,
        method=Method.RULES,
        rule=change.account.standing.rule,
        policy_version=7,
        cause="data",
        why="MRR is 640.00: below 1000 (rule high), at least 500 (rule mid).",
        decision=decide(account(mrr=640), rulebook(), NOW).to_json(),
    )


def test_a_change_continues_the_history() -> None:
    change = written(account(mrr=640, tier="tier-1"))
    assert change.history is not None
    assert (change.history.version, change.history.before, change.history.after) == (2, "tier-1", "tier-2")


def test_an_account_that_stands_so_already_is_not_written() -> None:
    once = written(account(mrr=640)).account
    assert settle(once, rulebook(), NOW + timedelta(days=9)) is None


def test_another_version_of_the_policy_alone_writes_nothing() -> None:
    once = written(account(mrr=640)).account
    assert settle(once, rulebook(version=8), NOW) is None


def test_a_first_decision_without_a_tier_writes_nothing() -> None:
    book = rulebook(policy(rule("out", None, {"always": True})))
    assert settle(account(mrr=640), book) is None


def test_another_rule_for_the_same_tier_writes_no_history_and_wakes_nobody() -> None:
    once = written(account(mrr=640)).account
    renamed = rulebook(policy(rule("middle", "tier-2", leaf("mrr", ">=", 500))), version=8)
    change = written(once, renamed, NOW + timedelta(days=1))
    assert (change.cause, change.history) == (Cause.NONE, None)
    assert (change.account.standing.rule, change.account.standing.policy_version) == ("middle", 8)
    assert (change.account.standing.since, change.account.standing.changes) == (NOW, 1)


def test_a_due_time_alone_writes_no_history() -> None:
    by_hand = written(overridden(account(mrr=640), "tier-1")).account
    ending = overridden(by_hand, "tier-1", until=NEXT_YEAR)
    change = written(ending)
    assert (change.cause, change.history, change.account.due_at) == (Cause.NONE, None, NEXT_YEAR)
    assert change.account.standing == by_hand.standing


def test_a_tier_that_is_held_stays_on_what_gave_it() -> None:
    ended = overridden(account(plan="pro"), "tier-1", until=NEXT_YEAR)
    by_hand = written(ended).account
    held = written(by_hand, rulebook(policy(requires=["mrr"])), NEXT_YEAR)
    assert (held.cause, held.history, held.account.due_at) == (Cause.NONE, None, None)
    assert held.account.standing == replace(by_hand.standing, hold=Hold.MISSING_DATA)


def test_a_person_changes_the_account_even_where_the_tier_stays() -> None:
    once = written(account(mrr=5_000)).account
    entry = AuditEntry(NOW, "ann", "override.set", "account/acme", None, None)
    by_hand = overridden(once, "tier-1")
    change = settled(by_hand, decide(by_hand, rulebook(), NOW), cause="override", audit=entry)
    assert change is not None
    assert (change.audit, change.cause, change.history) == (entry, Cause.NONE, None)
    stays = settled(once, decide(once, rulebook(), NOW), cause="override", audit=entry)
    assert stays is not None
    assert stays.account == once


def test_the_history_tells_what_led_to_it() -> None:
    by_hand = written(overridden(account(mrr=10), "tier-1", until=NEXT_YEAR))
    assert by_hand.history is not None
    assert by_hand.history.cause == "override"
    for now, account_now, told, cause in [
        (NEXT_YEAR, by_hand.account, "data", "expiry"),
        (NEXT_YEAR, by_hand.account, "expiry", "expiry"),
        (NOW, replace(by_hand.account, override=None), "data", "override"),
        (NOW, replace(by_hand.account, override=None), "policy", "policy"),
        (NOW, account(mrr=640, tier="tier-1"), "expiry", "date"),
    ]:
        change = written(account_now, now=now, cause=told)
        assert change.history is not None
        assert change.history.cause == cause


def test_an_account_is_due_when_a_date_of_its_rules_comes_and_its_history_tells_of_it() -> None:
    book = rulebook(policy(rule("renewing", "tier-1", leaf("renewal_date", "within_next", "30d"))))
    waiting = written(account(renewal_date="2027-01-01"), book).account
    assert (waiting.standing.tier, waiting.due_at) == ("tier-3", datetime(2026, 12, 2, tzinfo=UTC))
    change = written(waiting, book, datetime(2026, 12, 2, 0, 0, 40, tzinfo=UTC), cause="expiry")
    assert change.history is not None
    assert (change.history.before, change.history.after, change.history.cause) == ("tier-3", "tier-1", "date")
    assert change.account.due_at == datetime(2027, 1, 2, tzinfo=UTC)
    last = written(change.account, book, datetime(2027, 1, 2, tzinfo=UTC), cause="expiry")
    assert (last.account.standing.tier, last.account.due_at) == ("tier-3", None)


def test_an_override_that_ends_without_another_tier_leaves_it_to_stand_on_the_rules() -> None:
    by_hand = written(overridden(account(mrr=5_000), "tier-1", until=NEXT_YEAR)).account
    assert by_hand.due_at == NEXT_YEAR
    ended = written(by_hand, now=NEXT_YEAR, cause="expiry")
    assert (ended.cause, ended.history, ended.account.due_at) == (Cause.NONE, None, None)
    assert (ended.account.standing.method, ended.account.standing.rule) == (Method.RULES, "high")


_books: Sequence[Rulebook] = [
    rulebook(),
    rulebook(policy(otherwise=None), version=8),
    rulebook(policy(requires=["mrr"]), version=9),
    rulebook(policy(rule("churned", None, leaf("mrr", "=", 0)), precedence=["rules", "synced"]), version=10),
]
_tiers = st.sampled_from(["tier-1", "tier-2", "tier-3", "tier-9"])
_steps = st.one_of(
    st.tuples(st.just("mrr"), st.none() | st.sampled_from([0, 499, 500, 640, 999, 1000])),
    st.tuples(st.just("override"), st.none() | st.tuples(_tiers, st.none() | st.integers(0, 5))),
    st.tuples(st.just("synced"), st.none() | _tiers),
    st.tuples(st.just("policy"), st.integers(0, len(_books) - 1)),
    st.tuples(st.just("wait"), st.integers(1, 6)),
)


@given(st.lists(_steps, max_size=25))
def test_history_is_gapless_whatever_happens(steps: list[tuple[str, object]]) -> None:
    acme, book, now = account(), _books[0], NOW
    rows: list[TierChange] = []
    for step in steps:
        acme, book, now = _after(step, acme, book, now)
        change = settle(acme, book, now)
        assert (change is None) is stands(acme, judge(acme, book, now))
        if change is None:
            continue
        assert (change.history is not None) is (change.account.standing.tier != acme.standing.tier)
        assert change.cause is (Cause.TIER if change.history else Cause.NONE)
        rows += [change.history] if change.history else []
        acme = replace(change.account, version=change.account.version + 1)
        assert settle(acme, book, now) is None
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    assert [row.before for row in rows] == [None, *(row.after for row in rows)][: len(rows)]
    assert acme.standing.tier == (rows[-1].after if rows else None)
    assert acme.standing.changes == len(rows)


def _after(
    step: tuple[str, object], acme: Account, book: Rulebook, now: datetime
) -> tuple[Account, Rulebook, datetime]:
    match step:
        case ("mrr", int() | None as mrr):
            return replace(acme, values=_with(acme, FieldName("mrr"), None if mrr is None else mrr * 10_000)), book, now
        case ("synced", str() | None as text):
            return replace(acme, values=_with(acme, SYNCED_TIER.name, text)), book, now
        case ("override", (str() as tier, days)):
            until = now + timedelta(days=days) if isinstance(days, int) else None
            return replace(acme, override=Override(TierId(tier), "", "", now, until)), book, now
        case ("override", None):
            return replace(acme, override=None), book, now
        case ("policy", int() as index):
            return acme, _books[index], now
        case ("wait", int() as days):
            return acme, book, now + timedelta(days=days)
        case _:
            raise AssertionError(step)


def _with(
    acme: Account, name: FieldName, value: int | str | None
) -> dict[FieldName, int | str | bool | tuple[str, ...]]:
    others = {key: kept for key, kept in acme.values.items() if key != name}
    return others if value is None else {**others, name: value}
