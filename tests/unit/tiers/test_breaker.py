"""The breaker's count: exactly the share goes through, within a span that slides by the minute."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.accounts.identity import AccountId, RuleId, TierId
from shared.accounts.standing import Method, TierChange
from shared.tiers.breaker import MOST_SUSPECTS, Ledger, Limits, Suspect, counts, suspects
from shared.tiers.model import FRESH
from tests.support.builders import NOW

LIMITS = Limits()
MRR = Suspect("mrr", "recurly")
CHANGE = TierChange(
    account_id=AccountId("acme"),
    version=2,
    before=TierId("tier-1"),
    after=TierId("tier-2"),
    at=NOW,
    method=Method.RULES,
    rule=RuleId("mid"),
    policy_version=1,
    cause="data",
    why="",
    decision={},
)


@pytest.mark.parametrize(
    ("accounts", "allowed"),
    [(0, None), (19, None), (20, 1), (39, 1), (40, 2), (100, 5), (119, 5), (10_000_000, 500_000)],
)
def test_the_share_itself_goes_through_and_few_accounts_have_no_bound(accounts: int, allowed: int | None) -> None:
    assert LIMITS.allowed(accounts) == allowed


@given(ages=st.lists(st.integers(0, 4 * 3_600), max_size=60), within=st.integers(1, 180))
@settings(max_examples=200, deadline=None)
def test_no_demotion_of_the_span_is_forgotten_and_none_is_counted_a_minute_longer(ages: list[int], within: int) -> None:
    span, ledger = timedelta(minutes=within), Ledger()
    for age in sorted(ages, reverse=True):
        ledger = ledger.let_through([MRR], timedelta(hours=4), NOW - timedelta(seconds=age))

    counted = ledger.demoted(span, NOW)

    assert sum(age < within * 60 for age in ages) <= counted <= sum(age < within * 60 + 60 for age in ages)


def test_what_is_past_the_span_is_dropped_from_the_ledger() -> None:
    old = Ledger().let_through([Suspect("seats", "crm")], LIMITS.within, NOW)

    ledger = old.let_through([MRR], LIMITS.within, NOW + timedelta(hours=2))

    assert (list(ledger.by_minute.values()), ledger.suspects) == ([1], {MRR: 1})


def test_a_trip_tells_what_went_through_and_what_it_hung_on() -> None:
    ledger = Ledger(trips=3)
    for _ in range(5):
        ledger = ledger.let_through([MRR, Suspect("seats")], LIMITS.within, NOW)

    after, trip = ledger.tripped([MRR], LIMITS, 100, NOW)

    assert (after.open, after.trips) == (True, 4)
    assert (trip.id, trip.demoted, trip.accounts, trip.open) == ("4", 5, 100, True)
    assert dict(trip.suspects) == {MRR: 6, Suspect("seats"): 5}
    assert after.cleared() == Ledger(trips=4)


def test_a_ledger_names_a_few_suspects_however_many_there_are() -> None:
    ledger = Ledger().let_through([Suspect(f"field_{n}") for n in range(100)], LIMITS.within, NOW)

    assert len(ledger.suspects) == MOST_SUSPECTS


@pytest.mark.parametrize(
    ("difference", "counted"),
    [
        ({}, True),
        ({"cause": "date"}, True),
        ({"cause": "hold"}, True),
        ({"method": Method.SYNCED}, True),
        ({"after": None, "method": None}, True),
        ({"cause": "override", "method": Method.MANUAL}, False),
        ({"cause": "expiry"}, False),
        ({"cause": "policy"}, False),
        ({"cause": "tiers"}, False),
        ({"before": None}, False),
        ({"before": TierId("tier-3")}, False),
    ],
)
def test_a_demotion_counts_that_no_person_stands_behind(difference: dict[str, object], counted: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert counts(replace(CHANGE, **difference), FRESH) is counted  # type: ignore[arg-type]  # by the table above


def test_suspects_are_what_was_not_met_for_a_higher_tier() -> None:
    def found(field: str, source: str | None, *, met: bool) -> dict[str, object]:
        return {"field": field, "source": source, "met": met}

    rules = [
        {
            "id": "high",
            "matched": False,
            "conditions": [found("mrr", "recurly", met=False), found("plan", "crm", met=True)],
        },
        {
            "id": "mid",
            "matched": False,
            "conditions": [found("mrr", "recurly", met=False), found("seats", None, met=False)],
        },
        {"id": "low", "matched": True, "conditions": [found("usage", "crm", met=False)]},
    ]

    assert suspects(replace(CHANGE, decision={"rules": rules})) == [MRR, Suspect("seats")]
    assert suspects(replace(CHANGE, method=Method.SYNCED)) == [Suspect("tier")]
    assert list(suspects(CHANGE)) == []
