"""What an account lacks for the next higher tier."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.identity import FieldName
from shared.accounts.values import Json
from shared.tiers.shortfall import Gap, shortfall
from tests.support.builders import NOW, account
from tests.unit.rules.documents import leaf
from tests.unit.rules.past import past
from tests.unit.tiers.builders import policy, rule, rulebook


def test_the_card_of_an_account_below_the_highest_tier() -> None:
    found = shortfall(account(mrr=640, tier="tier-2"), rulebook(), NOW)
    assert found is not None
    assert found.words == "Tier 1: High touch needs MRR at least 1,000.00 (360.00 short)."
    assert found.to_json() == {
        "tier": "tier-1",
        "tier_name": "Tier 1: High touch",
        "rule": "high",
        "gaps": [
            {"field": "mrr", "label": "MRR", "needs": "at least 1,000.00", "actual": "640.00", "short_by": "360.00"}
        ],
        "words": found.words,
    }


def test_the_nearest_tier_above_is_meant_not_the_highest() -> None:
    found = shortfall(account(mrr=300, tier="tier-3"), rulebook(), NOW)
    assert found is not None
    assert (found.tier, found.rule) == ("tier-2", "mid")
    assert [gap.short_by for gap in found.gaps] == ["200.00"]


def test_the_highest_tier_is_short_of_nothing() -> None:
    assert shortfall(account(mrr=10, tier="tier-1"), rulebook(), NOW) is None


def test_an_account_whose_values_suffice_is_short_of_nothing() -> None:
    assert shortfall(account(mrr=5_000, tier="tier-2"), rulebook(), NOW) is None


def test_an_account_without_a_tier_looks_up_to_the_lowest_rule() -> None:
    found = shortfall(account(mrr=300), rulebook(), NOW)
    assert found is not None
    assert found.tier == "tier-2"


def test_the_rule_with_the_fewest_gaps_is_shown_and_of_an_any_the_shortest_way() -> None:
    book = rulebook(
        policy(
            rule("big", "tier-1", {"all": [leaf("mrr", ">=", 1000), leaf("seats", ">=", 50)]}),
            rule(
                "loved",
                "tier-1",
                {"any": [{"all": [leaf("nps", ">", 50), leaf("csat", ">", 4)]}, {"not": leaf("plan", "=", "free")}]},
            ),
        )
    )
    found = shortfall(account(mrr=640, plan="free", nps=10, csat=1, tier="tier-3"), book, NOW)
    assert found is not None
    assert (found.rule, found.gaps) == ("loved", (Gap("plan", "Plan", "not free", "free", None),))  # type: ignore[arg-type]  # a FieldName is a str
    assert found.words == "Tier 1: High touch needs Plan not free."


def test_what_is_not_known_is_said_so() -> None:
    book = rulebook(policy(rule("big", "tier-1", leaf("seats", ">", 49))))
    found = shortfall(account(tier="tier-3"), book, NOW)
    assert found is not None
    assert found.words == "Tier 1: High touch needs Seats above 49 (not known)."


def test_a_date_that_would_have_to_come_nearer_is_told() -> None:
    book = rulebook(policy(rule("renewing", "tier-1", leaf("renewal_date", "within_next", "30d"))))
    known = account(renewal_date="2027-03-01", tier="tier-3")
    found = shortfall(known, book, NOW)
    assert found is not None
    assert found.words == "Tier 1: High touch needs Renewal date within the next 30 days."
    assert shortfall(known, book, NOW + timedelta(days=90)) is None


def test_a_rule_that_nothing_can_satisfy_is_passed_over() -> None:
    never = rule("never", "tier-1", {"not": {"always": True}})
    found = shortfall(account(seats=9), rulebook(policy(never, rule("big", "tier-1", leaf("seats", ">", 49)))), NOW)
    assert found is not None
    assert found.rule == "big"
    assert shortfall(account(seats=9), rulebook(policy(never)), NOW) is None


WEEKS: dict[str, Json] = {"window": {"fn": "avg", "of": "14d"}}


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({**leaf("mrr", ">=", 1000), **WEEKS}, "MRR average over 14 days at least 1,000.00 (355.00 short)"),
        (
            {**leaf("mrr", ">=", 1000), "window": {"fn": "avg", "of": "1d"}},
            "MRR average over 1 day at least 1,000.00 (not known)",
        ),
        ({**leaf("mrr", "rose_by_pct", 20), "over": "30d"}, "MRR risen by at least 20 % in 30 days"),
        ({"not": leaf("mrr", "changed")}, "MRR not changed"),
        (leaf("mrr", "same_for", "45d"), "MRR unchanged for 45 days"),
    ],
)
def test_what_is_short_of_a_change_or_a_window_is_said(when: Json, words: str) -> None:
    moved = past("mrr", [(13, 650), (6, 640)])
    fell = replace(account(mrr=640, tier="tier-3"), histories={FieldName("mrr"): moved})
    found = shortfall(fell, rulebook(policy(rule("r", "tier-1", when))), NOW)
    assert found is not None
    assert found.words == f"Tier 1: High touch needs {words}."
