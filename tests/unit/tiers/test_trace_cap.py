"""A stored decision is bounded, and says what it left out."""

import json

from shared.accounts.values import Json
from shared.tiers.engine import decide
from shared.tiers.trace_cap import MAX_BYTES, capped
from tests.support.builders import NOW, account
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule, rulebook


def test_an_ordinary_decision_is_kept_whole() -> None:
    decision = decide(account(mrr=640), rulebook(), NOW)
    assert capped(decision) == decision.to_json()


def test_of_a_large_one_the_match_is_kept_first() -> None:
    wide: Json = leaf("plan", "in", [f"{n:0900}" for n in range(40)])
    book = rulebook(
        policy(
            rule("one", "tier-1", {"all": [wide, leaf("mrr", ">", 1)]}),
            rule("two", "tier-1", wide),
            rule("three", "tier-2", {"not": wide}),
        )
    )
    kept = capped(decide(account(mrr=640, plan="free"), book, NOW))
    assert kept["left_out"] == {"one": 2, "two": 1}
    assert [len(traced["conditions"]) for traced in kept["rules"]] == [0, 0, 1]  # type: ignore[attr-defined]  # JSON
    assert len(json.dumps(kept)) < MAX_BYTES


def test_a_finding_that_alone_exceeds_the_bound_is_left_out() -> None:
    book = rulebook(policy(rule("one", "tier-1", leaf("plan", "not_in", [f"{n:0990}" for n in range(90)]))))
    kept = capped(decide(account(plan="free"), book, NOW))
    assert kept["left_out"] == {"one": 1}
    assert kept["tier"] == "tier-1"
