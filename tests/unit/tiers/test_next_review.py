"""The next review is the first moment at which a decision differs with no new data: neither sooner nor later."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.values import Json
from shared.tiers.decision import Decision
from shared.tiers.engine import decide
from shared.tiers.rulebook import Rulebook
from tests.support import builders
from tests.unit.rules import oracle, strategies
from tests.unit.rules.documents import leaf, values
from tests.unit.rules.oracle import Scene
from tests.unit.tiers.builders import overridden, policy, rule, rulebook

MICROSECOND = timedelta(microseconds=1)
YEARS = timedelta(days=365 * 25)
FIELDS = ("renewal_date", "last_login_at", "strategic")
TIERS = ("tier-1", "tier-2", None)


@dataclass(frozen=True)
class Case:
    scene: Scene
    values: dict[str, Any]
    rules: list[tuple[str | None, dict[str, Any]]]
    before: str | None
    override: tuple[str, datetime | None] | None

    @property
    def account(self) -> Account:
        built = replace(builders.account(tier=self.before), values=values(self.values))
        return built if self.override is None else overridden(built, self.override[0], until=self.override[1])

    @property
    def rulebook(self) -> Rulebook:
        rules = [rule(f"r{index}", tier, when) for index, (tier, when) in enumerate(self.rules)]
        return replace(rulebook(policy(*rules)), time_zone=self.scene.zone)

    def expected(self, now: datetime) -> tuple[object, ...]:
        """Tier, result, status and each traced leaf, read from the language's meaning alone."""
        scene = self.scene._replace(now=now)
        held = [index for index, (_, when) in enumerate(self.rules) if oracle.holds(when, self.values, scene)]
        result = self.rules[held[0]][0] if held else "tier-3"
        if self.override is not None and (self.override[1] is None or now < self.override[1]):
            result = self.override[0]
        changed = "changed" if result != self.before else "unchanged" if result else "unassigned"
        traced = self.rules[: held[0] + 1] if held else self.rules
        leaves = [one for _, when in traced for one in oracle.leaves(when)]
        return result, result, changed, [oracle.leaf_holds(one, self.values, scene) for one in leaves]


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    scene = draw(strategies.scenes())
    known = draw(strategies.accounts(scene, *FIELDS, *strategies.BESIDE.values()))
    whens = st.lists(strategies.conditions(scene, known, *FIELDS), min_size=1, max_size=4)
    until = st.none() | st.integers(-1, 10**6).map(lambda seconds: scene.second + timedelta(seconds=seconds))
    return Case(
        scene=scene,
        values=known,
        rules=[(draw(st.sampled_from(TIERS)), when) for when in draw(whens)],
        before=draw(st.sampled_from((*TIERS, "tier-3"))),
        override=draw(st.none() | st.tuples(st.sampled_from(["tier-1", "tier-3"]), until)),
    )


def told(decision: Decision) -> tuple[object, ...]:
    met = [found.met for traced in decision.rules for found in traced.conditions]
    return decision.tier, decision.result, decision.status.value, met


@given(_cases(), st.lists(st.integers(0, 999_999), max_size=20))
def test_nothing_differs_before_the_next_review_and_something_does_at_it(case: Case, between: list[int]) -> None:
    account, book, now = case.account, case.rulebook, case.scene.now
    decision = decide(account, book, now)
    present = case.expected(now)
    assert told(decision) == present
    review = decision.next_review_at
    until = review or now + YEARS
    assert until > now
    for later in (*(now + (until - now) // 1_000_000 * share for share in between), max(now, until - MICROSECOND)):
        assert case.expected(later) == present
        assert told(decide(account, book, later)) == present
    if review is not None:
        assert case.expected(review) != present
        assert told(decide(account, book, review)) == case.expected(review)


def dated(when: Mapping[str, Json], zone: str = "UTC", **known: Json) -> tuple[Account, Rulebook]:
    book = replace(rulebook(policy(rule("due", "tier-1", when))), time_zone=zone)
    return replace(builders.account(), values=values(known)), book


@pytest.mark.parametrize(
    ("zone", "review"),
    [
        ("UTC", "2026-12-02T00:00:00Z"),
        ("Europe/Berlin", "2026-12-01T23:00:00Z"),
        ("Asia/Kathmandu", "2026-12-01T18:15:00Z"),
        ("Pacific/Pago_Pago", "2026-12-02T11:00:00Z"),
    ],
)
def test_a_date_turns_at_the_midnight_of_the_deployments_zone(zone: str, review: str) -> None:
    acme, book = dated(leaf("renewal_date", "within_next", "90d"), zone, renewal_date="2027-03-02")
    at = datetime.fromisoformat(review)
    decision = decide(acme, book, builders.NOW)
    assert (decision.tier, decision.next_review_at) == ("tier-3", at)
    assert decide(acme, book, at - MICROSECOND).tier == "tier-3"
    assert decide(acme, book, at).tier == "tier-1"


@pytest.mark.parametrize(
    ("day", "review"),
    [
        ("2026-03-29", "2026-03-28T22:00:00+00:00"),  # Beirut's clocks go from 0:00 to 1:00
        ("2026-10-25", "2026-10-24T22:00:00+00:00"),  # and from 0:00 back to 23:00
    ],
)
def test_a_day_without_a_midnight_or_with_a_longer_eve_begins_where_its_calendar_turns(day: str, review: str) -> None:
    acme, book = dated(leaf("renewal_date", "=", "today"), "Asia/Beirut", renewal_date=day)
    at = datetime.fromisoformat(review)
    assert decide(acme, book, at - timedelta(days=1)).next_review_at == at
    assert at.astimezone(ZoneInfo("Asia/Beirut")).date().isoformat() == day


def test_a_timestamp_turns_at_its_second() -> None:
    acme, book = dated(leaf("last_login_at", "within_last", "36h"), last_login_at="2026-11-21T20:00:05Z")
    at = datetime(2026, 11, 23, 8, 0, 6, tzinfo=UTC)
    decision = decide(acme, book, builders.NOW)
    assert (decision.tier, decision.next_review_at) == ("tier-1", at)
    assert decide(acme, book, at).tier == "tier-3"


def test_a_leaf_that_the_trace_tells_of_counts_though_the_tier_stays() -> None:
    both: Mapping[str, Json] = {"all": [leaf("strategic", "=", True), leaf("renewal_date", "<=", "today")]}
    acme, book = dated(both, renewal_date="2026-11-24", strategic=False)
    decision = decide(acme, book, builders.NOW)
    assert decision.next_review_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert decide(acme, book, decision.next_review_at).tier == decision.tier


def test_rules_after_the_match_don_t_count() -> None:
    later = rule("later", "tier-2", leaf("renewal_date", "<=", "today"))
    book = rulebook(policy(rule("all", "tier-1", {"always": True}), later))
    assert decide(builders.account(renewal_date="2026-11-24"), book, builders.NOW).next_review_at is None


def test_an_overrides_end_counts_where_it_changes_the_tier() -> None:
    end = datetime(2026, 12, 1, tzinfo=UTC)
    by_hand = overridden(builders.account(mrr=640), "tier-1", until=end)
    assert decide(by_hand, rulebook(), builders.NOW).next_review_at == end
    same = overridden(builders.account(mrr=5_000), "tier-1", until=end)
    assert decide(same, rulebook(), builders.NOW).next_review_at is None


@pytest.mark.parametrize(("end", "first"), [("2026-11-23", "2026-11-23"), ("2026-12-01", "2026-11-25")])
def test_the_earlier_of_a_date_and_an_overrides_end_is_the_next_review(end: str, first: str) -> None:
    acme, book = dated(leaf("renewal_date", "<", "today"), renewal_date="2026-11-24")
    by_hand = overridden(acme, "tier-2", until=datetime.fromisoformat(f"{end}T00:00:00Z"))
    assert decide(by_hand, book, builders.NOW).next_review_at == datetime.fromisoformat(f"{first}T00:00:00Z")


def test_a_missing_date_and_an_archived_account_wait_for_nothing() -> None:
    acme, book = dated(leaf("renewal_date", "within_next", "90d"))
    assert decide(acme, book, builders.NOW).next_review_at is None
    gone = replace(builders.account(renewal_date="2027-03-02"), merged_into=acme.id)
    assert decide(gone, book, builders.NOW).next_review_at is None
