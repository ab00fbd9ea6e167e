"""Stability: each hold by itself, in the language's order, and when it ends."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.accounts.account import Account
from shared.accounts.history import History
from shared.accounts.identity import FieldName, SourceName, TierId
from shared.accounts.standing import Hold, Method, Pending
from shared.accounts.values import Json
from shared.tiers.controls import Controls, TierPause
from shared.tiers.decision import Decision
from shared.tiers.engine import decide
from shared.tiers.freshness import Freshness
from shared.tiers.rulebook import Rulebook
from tests.support.builders import NOW, account
from tests.unit.rules.documents import leaf, values
from tests.unit.tiers.builders import overridden, policy, rule, rulebook, synced

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def book(**stability: Json) -> Rulebook:
    return rulebook(policy(stability=stability))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def once_known(of: Account, **known: Json) -> Account:
    """With these as the last known values of fields, whether they are missing now or not."""
    return replace(of, histories={name: History(((0, value),)) for name, value in values(known).items()})


def waiting(of: Account, since: datetime, tier: str | None = "tier-2") -> Account:
    pending = Pending(TierId(tier) if tier else None, since)
    return replace(of, standing=replace(of.standing, pending=pending))


def held(decision: Decision) -> tuple[Hold | None, datetime | None]:
    assert decision.tier == decision.previous_tier
    assert decision.status == "held"
    return decision.hold, decision.effective_at


LOWERED = account(mrr=640, tier="tier-1")
RAISED = account(mrr=5_000, tier="tier-2")


def test_a_demotion_waits_and_says_until_when() -> None:
    decision = decide(LOWERED, book(demote_after="14d"), NOW)
    assert held(decision) == (Hold.DEMOTE_AFTER, NOW + 14 * DAY)
    assert decision.to_json()["pending"] == {"tier": "tier-2", "since": "2026-11-22T07:00:00Z"}
    assert (decision.result, decision.rule, decision.next_review_at) == ("tier-2", "mid", NOW + 14 * DAY)
    assert decision.why == (
        "MRR is 640.00: below 1000 (rule high), at least 500 (rule mid). Held 14 days before a demotion."
    )


def test_it_moves_at_the_very_moment_and_not_before() -> None:
    began = waiting(LOWERED, NOW)
    end = NOW + 14 * DAY
    assert held(decide(began, book(demote_after="14d"), end - SECOND)) == (Hold.DEMOTE_AFTER, end)
    moved = decide(began, book(demote_after="14d"), end)
    assert (moved.tier, moved.status, moved.pending) == ("tier-2", "changed", None)


def test_a_promotion_waits_apart_from_demotions() -> None:
    assert held(decide(RAISED, book(promote_after="2d"), NOW)) == (Hold.PROMOTE_AFTER, NOW + 2 * DAY)
    assert decide(RAISED, book(demote_after="2d"), NOW).tier == "tier-1"
    assert decide(LOWERED, book(promote_after="2d"), NOW).tier == "tier-2"


def test_the_clock_goes_on_as_the_result_falls_further() -> None:
    further = replace(waiting(LOWERED, NOW - 3 * DAY), values=account(mrr=10).values)
    decision = decide(further, book(demote_after="14d"), NOW)
    assert decision.pending == Pending(TierId("tier-3"), NOW - 3 * DAY)
    assert decision.effective_at == NOW + 11 * DAY


def test_the_clock_restarts_where_the_result_crosses_the_tier() -> None:
    crossed = waiting(RAISED, NOW - 3 * DAY, "tier-3")
    assert decide(crossed, book(promote_after="7d"), NOW).pending == Pending(TierId("tier-1"), NOW)


def test_back_at_its_tier_nothing_is_pending() -> None:
    back = waiting(account(mrr=1_000, tier="tier-1"), NOW - 3 * DAY)
    decision = decide(back, book(demote_after="14d"), NOW)
    assert (decision.status, decision.hold, decision.pending) == ("unchanged", None, None)


@pytest.mark.parametrize("method", [Method.MANUAL, Method.SYNCED, None])
def test_what_rules_did_not_give_is_left_at_once(method: Method | None) -> None:
    given = replace(LOWERED, standing=replace(LOWERED.standing, method=method))
    stability = book(demote_after="14d")
    asked = replace(stability, policy=replace(stability.policy, precedence=(Method.MANUAL, Method.RULES)))
    assert decide(given, asked, NOW).tier == "tier-2"


def test_a_first_tier_an_override_and_a_crms_word_take_effect_at_once() -> None:
    stability = book(demote_after="14d", promote_after="14d")
    assert decide(account(mrr=10), stability, NOW).tier == "tier-3"
    assert decide(overridden(LOWERED, "tier-3"), stability, NOW).tier == "tier-3"
    assert decide(synced(LOWERED, "tier-3"), stability, NOW).tier == "tier-3"


def test_missing_data_hold_by_the_last_known_value() -> None:
    gone = once_known(account(tier="tier-1"), mrr=1_200)
    decision = decide(gone, book(), NOW)
    assert held(decision) == (Hold.MISSING_DATA, None)
    assert decision.pending is None
    assert decision.why.endswith(
        "Held: MRR (1200.00) is not known now, and its last known value keeps Tier 1: High touch."
    )
    assert decide(once_known(account(tier="tier-1"), mrr=900), book(), NOW).tier == "tier-3"
    assert decide(account(tier="tier-1"), book(), NOW).tier == "tier-3"


def test_a_value_missing_that_the_tiers_rules_don_t_read_holds_nothing() -> None:
    assert decide(once_known(LOWERED, plan="pro"), book(), NOW).tier == "tier-2"


def test_missing_data_hold_too_where_they_let_an_earlier_rule_match() -> None:
    rules = (
        rule("unwell", "tier-3", {"not": leaf("health_score", ">=", 50)}),
        rule("high", "tier-1", leaf("mrr", ">=", 1_000)),
    )
    gone = once_known(account(mrr=1_200, tier="tier-1"), health_score=80)
    decision = decide(gone, rulebook(policy(*rules)), NOW)
    assert held(decision) == (Hold.MISSING_DATA, None)
    assert decision.why.endswith(
        "Held: Health score (80) is not known now, and its last known value keeps Tier 1: High touch."
    )
    ill = once_known(account(mrr=1_200, tier="tier-1"), health_score=40)
    assert decide(ill, rulebook(policy(*rules)), NOW).tier == "tier-1"
    fallen = once_known(account(mrr=900, tier="tier-1"), health_score=80)
    assert decide(fallen, rulebook(policy(*rules)), NOW).tier == "tier-3"


def test_what_no_rule_that_counts_reads_may_be_missing() -> None:
    rules = (
        rule("churned", None, leaf("customer_status", "=", "churned")),
        rule("high", "tier-1", leaf("mrr", ">=", 1_000)),
        rule("seated", "tier-2", leaf("seats", ">=", 10)),
    )
    left = once_known(account(mrr=1_200, customer_status="churned", tier="tier-1"), seats=20, plan="pro")
    assert decide(left, rulebook(policy(*rules)), NOW).tier is None


def test_missing_and_present_read_what_is_so() -> None:
    rules = (
        rule("gone", "tier-3", leaf("mrr", "missing")),
        rule("high", "tier-1", {"all": [leaf("mrr", "present"), leaf("mrr", ">=", 1_000)]}),
    )
    gone = once_known(account(tier="tier-1"), mrr=1_200)
    assert decide(gone, rulebook(policy(*rules)), NOW).tier == "tier-3"


def test_a_synced_tier_that_vanishes_or_becomes_unmapped_is_kept() -> None:
    crm = replace(LOWERED, standing=replace(LOWERED.standing, method=Method.SYNCED, rule=None))
    for of in (crm, synced(crm, "Platinum")):
        decision = decide(of, book(), NOW)
        assert held(decision) == (Hold.MISSING_DATA, None)
        assert decision.why.endswith("Held: the CRM gave Tier 1: High touch and names no tier of ours now.")
    risen = replace(crm, standing=replace(crm.standing, tier=TierId("tier-3")))
    assert decide(risen, book(), NOW).tier == "tier-2"


def stale(since: timedelta, **stability: Json) -> Rulebook:
    return replace(
        book(**stability),
        sources={
            SourceName("recurly"): Freshness(NOW + since, timedelta(hours=1)),
            SourceName("salesforce"): Freshness(NOW - DAY, DAY),
        },
    )


def test_a_stale_source_demotes_nobody_and_is_looked_at_again() -> None:
    decision = decide(LOWERED, stale(timedelta(0), demote_after="14d"), NOW)
    assert held(decision) == (Hold.STALE_SOURCE, None)
    assert (decision.pending, decision.next_review_at) == (None, NOW + timedelta(hours=1))
    assert decision.why.endswith("Held: the data from recurly are out of date.")
    assert decide(LOWERED, stale(SECOND), NOW).tier == "tier-2"
    assert decide(RAISED, stale(timedelta(0)), NOW).tier == "tier-1"


@pytest.mark.parametrize(("mrr", "tier"), [("950", "tier-1"), ("949.99", "tier-2"), ("999.99", "tier-1")])
def test_the_margin_eases_thresholds_exactly(mrr: str, tier: str) -> None:
    decision = decide(account(mrr=mrr, tier="tier-1"), book(demote_margin_pct=5), NOW)
    assert decision.tier == tier
    assert (decision.hold is Hold.DEMOTE_MARGIN) is (tier == "tier-1")
    assert decision.pending is None


@pytest.mark.parametrize(
    ("when", "known", "kept"),
    [
        (leaf("seats", "<=", -100), {"seats": -95}, True),
        (leaf("seats", "<=", -100), {"seats": "-94.9999"}, False),
        (leaf("seats", "<", 100), {"seats": "104.9999"}, True),
        (leaf("seats", "<", 100), {"seats": 105}, False),
        ({"not": leaf("seats", "<", 100)}, {"seats": 95}, True),
        ({"not": leaf("seats", "<", 100)}, {"seats": "94.9999"}, False),
        ({"not": {"not": leaf("seats", ">", 100)}}, {"seats": "95.0001"}, True),
        ({"not": {"not": leaf("seats", ">", 100)}}, {"seats": 95}, False),
        (leaf("seats", ">", "0.0001"), {"seats": "0.0001"}, True),
        (leaf("seats_used", ">=", {"field": "seats", "times": "0.9"}), {"seats": 100, "seats_used": "85.5"}, True),
        (leaf("seats_used", ">=", {"field": "seats", "times": "0.9"}), {"seats": 100, "seats_used": "85.4999"}, False),
        (leaf("seats_used", ">=", {"field": "seats"}), {"seats": -100, "seats_used": -105}, True),
        (leaf("seats_used", ">=", {"field": "seats"}), {"seats": -100, "seats_used": "-105.0001"}, False),
        (leaf("seats", "=", 100), {"seats": 99}, False),
    ],
)
def test_margins_of_every_threshold(when: Json, known: Mapping[str, Json], *, kept: bool) -> None:
    rules = rulebook(policy(rule("top", "tier-1", when), stability={"demote_margin_pct": 5}))
    top = replace(account(tier="tier-1"), values=values(known))
    assert (decide(top, rules, NOW).tier == "tier-1") is kept


def test_a_condition_holds_demotions_while_the_clock_runs() -> None:
    stability = book(hold_demotion_when=leaf("stage", "=", "onboarding"), demote_after="14d")
    onboarding = account(mrr=640, stage="onboarding", tier="tier-1")
    decision = decide(onboarding, stability, NOW)
    assert held(decision) == (Hold.CONDITION, None)
    assert decision.pending == Pending(TierId("tier-2"), NOW)
    assert decision.why.endswith("Held: the policy holds demotions while Lifecycle stage is onboarding (as asked).")
    live = waiting(account(mrr=640, stage="live", tier="tier-1"), NOW - 20 * DAY)
    assert decide(live, stability, NOW).tier == "tier-2"


def test_a_condition_on_a_date_is_looked_at_when_it_turns() -> None:
    stability = book(hold_demotion_when=leaf("customer_since", "within_last", "90d"))
    young = account(mrr=640, customer_since="2026-10-01", tier="tier-1")
    decision = decide(young, stability, NOW)
    assert (decision.hold, decision.next_review_at) == (Hold.CONDITION, at("2026-12-31"))
    assert decide(waiting(young, NOW), stability, at("2026-12-31")).tier == "tier-2"


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("UTC", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        ("Europe/Berlin", "2026-11-30T23:00:00", "2026-12-31T23:00:00"),
    ],
)
def test_before_a_renewal_nobody_is_demoted(zone: str, begins: str, ends: str) -> None:
    renewing = account(mrr=640, renewal_date="2026-12-31", tier="tier-1")
    stability = replace(book(hold_before_renewal="30d"), time_zone=zone)
    assert decide(renewing, stability, at(begins) - SECOND).tier == "tier-2"
    decision = decide(renewing, stability, at(begins))
    assert held(decision) == (Hold.BEFORE_RENEWAL, at(ends))
    assert decision.next_review_at == at(ends)
    assert decision.why.endswith("Held until the renewal on 2026-12-31 is over.")
    assert decide(waiting(renewing, at(begins)), stability, at(ends)).tier == "tier-2"


def test_the_later_of_delay_and_renewal_counts() -> None:
    renewing = account(mrr=640, renewal_date="2026-12-10", tier="tier-1")
    stability = book(hold_before_renewal="10d", demote_after="14d")
    decision = decide(renewing, stability, NOW)
    assert held(decision) == (Hold.DEMOTE_AFTER, at("2026-12-11"))
    assert decision.next_review_at == at("2026-12-11")
    long = book(hold_before_renewal="30d", demote_after="60d")
    assert held(decide(renewing, long, NOW)) == (Hold.DEMOTE_AFTER, NOW + 60 * DAY)


def test_without_a_renewal_date_there_is_no_renewal_to_wait_for() -> None:
    assert decide(LOWERED, book(hold_before_renewal="30d"), NOW).tier == "tier-2"


def test_an_approval_is_waited_for_without_end() -> None:
    decision = decide(waiting(LOWERED, NOW - 20 * DAY), book(demote="approval", demote_after="14d"), NOW)
    assert held(decision) == (Hold.APPROVAL, None)
    assert (decision.pending, decision.next_review_at) == (Pending(TierId("tier-2"), NOW - 20 * DAY), None)
    approved = decide(LOWERED, book(demote="approval", demote_after="14d"), NOW, at_once=True)
    assert (approved.tier, approved.status, approved.hold) == ("tier-2", "changed", None)
    before = decide(LOWERED, book(demote="approval", demote_after="14d"), NOW)
    assert (before.hold, before.effective_at, before.next_review_at) == (Hold.DEMOTE_AFTER, None, None)


@pytest.mark.parametrize(
    ("demote", "zone", "since", "moves"),
    [
        ("month_start", "UTC", "2026-11-22T07:00:00", "2026-12-01T00:00:00"),
        ("month_start", "UTC", "2026-12-01T00:00:00", None),
        ("month_start", "UTC", "2028-02-01T00:00:01", "2028-03-01T00:00:00"),
        ("month_start", "UTC", "2026-12-01T00:00:01", "2027-01-01T00:00:00"),
        ("month_start", "America/New_York", "2026-10-31T23:00:00", "2026-11-01T04:00:00"),
        ("month_start", "America/New_York", "2026-11-30T23:00:00", "2026-12-01T05:00:00"),
        ("quarter_start", "UTC", "2026-11-22T07:00:00", "2027-01-01T00:00:00"),
        ("quarter_start", "Asia/Kathmandu", "2026-01-02T00:00:00", "2026-03-31T18:15:00"),
        ("quarter_start", "Asia/Kathmandu", "2026-03-31T18:15:00", None),
    ],
)
def test_demotions_at_the_start_of_a_month_or_quarter(demote: str, zone: str, since: str, moves: str | None) -> None:
    stability = replace(book(demote=demote), time_zone=zone)
    decision = decide(LOWERED, stability, at(since))
    if moves is None:
        assert decision.tier == "tier-2"
        return
    assert held(decision) == (Hold.CALENDAR, at(moves))
    assert decision.next_review_at == at(moves)
    assert decide(waiting(LOWERED, at(since)), stability, at(moves)).tier == "tier-2"
    assert decide(waiting(LOWERED, at(since)), stability, at(moves) - SECOND).tier == "tier-1"


def test_a_month_that_starts_before_a_renewal_is_over_is_not_the_one() -> None:
    renewing = account(mrr=640, renewal_date="2026-12-05", tier="tier-1")
    stability = book(demote="month_start", hold_before_renewal="10d")
    assert held(decide(renewing, stability, NOW)) == (Hold.CALENDAR, at("2027-01-01"))


def test_out_of_scope_is_below_all_tiers() -> None:
    churned = rule("churned", None, leaf("customer_status", "=", "churned"))
    rules = rulebook(policy(churned, stability={"demote_after": "14d", "promote_after": "7d"}, otherwise="tier-3"))
    left = account(customer_status="churned", tier="tier-3")
    decision = decide(left, rules, NOW)
    assert held(decision) == (Hold.DEMOTE_AFTER, NOW + 14 * DAY)
    assert decision.pending == Pending(None, NOW)
    back = account(customer_status="active", tier="tier-3")
    outside = replace(back, standing=replace(back.standing, tier=None))
    returns = decide(outside, rules, NOW)
    assert (returns.tier, returns.status, returns.hold) == (None, "unassigned", Hold.PROMOTE_AFTER)


def test_an_open_breaker_holds_demotions_alone() -> None:
    tripped = replace(book(), controls=Controls(mass_change=True))
    decision = decide(LOWERED, tripped, NOW)
    assert held(decision) == (Hold.MASS_CHANGE, None)
    assert decision.pending == Pending(TierId("tier-2"), NOW)
    assert decide(RAISED, tripped, NOW).tier == "tier-1"
    assert decide(overridden(LOWERED, "tier-3"), tripped, NOW).tier == "tier-3"


def test_a_pause_holds_everything_until_it_ends() -> None:
    paused = replace(book(), controls=Controls(TierPause(NOW + DAY)))
    for of in (LOWERED, RAISED, overridden(LOWERED, "tier-3"), synced(LOWERED, "tier-2")):
        decision = decide(of, paused, NOW)
        assert held(decision) == (Hold.PAUSED, NOW + DAY)
        assert decision.next_review_at == NOW + DAY
        assert decide(of, paused, NOW + DAY).status == "changed"
    first = decide(account(mrr=10), paused, NOW)
    assert (first.tier, first.status, first.hold) == (None, "unassigned", Hold.PAUSED)


def test_the_first_hold_of_the_order_is_the_one_that_is_told() -> None:
    every: dict[str, Json] = {
        "demote_margin_pct": 50,
        "hold_demotion_when": leaf("stage", "present"),
        "demote_after": "14d",
        "hold_before_renewal": "100d",
        "demote": "approval",
    }
    since = waiting(account(mrr=640, stage="live", renewal_date="2026-12-31", tier="tier-1"), NOW - 30 * DAY)
    told = []
    for key in (None, "demote_margin_pct", "hold_demotion_when", "hold_before_renewal"):
        if key is not None:
            del every[key]
        told.append(decide(since, book(**every), NOW).hold)
    assert told == [Hold.DEMOTE_MARGIN, Hold.CONDITION, Hold.BEFORE_RENEWAL, Hold.APPROVAL]
    gone = replace(since, values={name: value for name, value in since.values.items() if name != FieldName("mrr")})
    assert decide(once_known(gone, mrr=1_000), book(**every), NOW).hold is Hold.MISSING_DATA
