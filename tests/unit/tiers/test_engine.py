"""The engine decides by the first method that has a tier, and says all that led to it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import Hold, Method
from shared.accounts.values import Json
from shared.tiers.decision import Status
from shared.tiers.engine import decide
from tests.support.builders import NOW, account, update
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import overridden, policy, rule, rulebook, synced

NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mrr", "tier", "matched"),
    [
        ("1000.00", "tier-1", "high"),
        ("999.99", "tier-2", "mid"),
        ("500.00", "tier-2", "mid"),
        ("499.99", "tier-3", None),
        ("-10", "tier-3", None),
        (None, "tier-3", None),
    ],
)
def test_the_fresh_ladder_is_exact_at_its_thresholds(mrr: Json, tier: str, matched: str | None) -> None:
    decision = decide(account(mrr=mrr), rulebook(), NOW)
    assert (decision.tier, decision.rule, decision.method) == (tier, matched, Method.RULES)
    assert decision.status is Status.CHANGED


def test_a_decision_is_the_document_that_the_api_promises() -> None:
    decided = decide(account(mrr=640, tier="tier-1"), rulebook(), NOW)
    assert decided.to_json() == {
        "account_id": "acme",
        "tier": "tier-2",
        "previous_tier": "tier-1",
        "result": "tier-2",
        "method": "rules",
        "rule": "mid",
        "policy_version": 7,
        "decided_at": "2026-11-22T07:00:00Z",
        "status": "changed",
        "hold": None,
        "effective_at": "2026-11-22T07:00:00Z",
        "pending": None,
        "shadow": {"synced": None},
        "why": "MRR is 640.00: below 1000 (rule high), at least 500 (rule mid).",
        "rules": [
            {
                "id": "high",
                "matched": False,
                "conditions": [
                    {
                        "pointer": "/rules/0/when",
                        "field": "mrr",
                        "op": ">=",
                        "expected": "1000.00",
                        "actual": "640.00",
                        "source": "recurly",
                        "met": False,
                        "short_by": "360.00",
                    }
                ],
            },
            {
                "id": "mid",
                "matched": True,
                "conditions": [
                    {
                        "pointer": "/rules/1/when/all/0",
                        "field": "mrr",
                        "op": "<",
                        "expected": "1000.00",
                        "actual": "640.00",
                        "source": "recurly",
                        "met": True,
                        "short_by": None,
                    },
                    {
                        "pointer": "/rules/1/when/all/1",
                        "field": "mrr",
                        "op": ">=",
                        "expected": "500.00",
                        "actual": "640.00",
                        "source": "recurly",
                        "met": True,
                        "short_by": None,
                    },
                ],
            },
        ],
        "next_review_at": None,
    }


def test_the_same_arguments_give_the_same_decision_byte_for_byte() -> None:
    acme = synced(overridden(account(mrr=640, plan="pro", tier="tier-1"), "tier-1", until=NEXT_YEAR), "Tier 9")
    once, again = (json.dumps(decide(acme, rulebook(), NOW).to_json()) for _ in range(2))
    assert once == again


def test_an_override_beats_the_crm_and_the_rules() -> None:
    decision = decide(synced(overridden(account(mrr=10), "tier-1"), "tier-2"), rulebook(), NOW)
    assert (decision.tier, decision.method, decision.rule) == ("tier-1", Method.MANUAL, None)
    assert decision.shadow == {Method.SYNCED: "tier-2", Method.RULES: "tier-3"}


def test_an_override_ends_at_the_very_moment_it_expires() -> None:
    acme = overridden(account(mrr=10, tier="tier-1"), "tier-1", until=NEXT_YEAR)
    before = decide(acme, rulebook(), NEXT_YEAR - timedelta(microseconds=1))
    assert (before.tier, before.next_review_at) == ("tier-1", NEXT_YEAR)
    after = decide(acme, rulebook(), NEXT_YEAR)
    assert (after.tier, after.method, after.next_review_at) == ("tier-3", Method.RULES, None)


def test_an_override_to_a_tier_that_is_gone_says_nothing() -> None:
    assert decide(overridden(account(mrr=10), "tier-9"), rulebook(), NOW).method is Method.RULES


@pytest.mark.parametrize("text", ["tier-2", "Tier 2: Moderate touch"])
def test_a_crms_tier_is_known_by_id_or_name(text: str) -> None:
    decision = decide(synced(account(mrr=5_000), text), rulebook(), NOW)
    assert (decision.tier, decision.method) == ("tier-2", Method.SYNCED)
    assert decision.shadow == {Method.RULES: "tier-1"}


def test_an_unmapped_tier_of_the_crm_leaves_the_decision_to_the_rules() -> None:
    decision = decide(synced(account(mrr=5_000), "Platinum"), rulebook(), NOW)
    assert (decision.tier, decision.method, decision.shadow) == ("tier-1", Method.RULES, {Method.SYNCED: None})


def test_the_precedence_is_the_policys() -> None:
    book = rulebook(policy(precedence=["rules", "manual"]))
    decision = decide(overridden(account(mrr=5_000), "tier-3"), book, NOW)
    assert (decision.tier, decision.method) == ("tier-1", Method.RULES)
    assert decision.shadow == {Method.SYNCED: None, Method.MANUAL: "tier-3"}
    assert decision.next_review_at is None


def test_a_method_without_a_tier_passes_the_decision_on() -> None:
    book = rulebook(policy(rule("out", None, {"always": True}), precedence=["rules", "synced"]))
    assert decide(synced(account(), "tier-2"), book, NOW).method is Method.SYNCED


def test_a_rule_without_a_tier_puts_the_account_out_of_scope() -> None:
    book = rulebook(policy(rule("churned", None, leaf("customer_status", "=", "churned"))))
    decision = decide(account(customer_status="churned", tier="tier-1"), book, NOW)
    assert (decision.tier, decision.rule, decision.status) == (None, "churned", Status.CHANGED)
    stays = decide(account(customer_status="churned"), book, NOW)
    assert (stays.tier, stays.status) == (None, Status.UNASSIGNED)


def test_where_no_method_is_asked_that_has_a_tier_there_is_none() -> None:
    decision = decide(account(mrr=5_000), rulebook(policy(precedence=["manual"])), NOW)
    assert (decision.tier, decision.method, decision.rule, decision.status) == (None, None, None, Status.UNASSIGNED)
    assert decision.shadow == {Method.SYNCED: None, Method.RULES: "tier-1"}


REQUIRES_MRR = rulebook(policy(requires=["mrr"]))


def test_without_a_required_field_a_new_account_stays_unassigned() -> None:
    decision = decide(account(plan="pro"), REQUIRES_MRR, NOW)
    assert (decision.tier, decision.status, decision.hold) == (None, Status.UNASSIGNED, Hold.MISSING_DATA)
    assert decision.result == "tier-3"
    assert decision.to_json()["effective_at"] is None


def test_without_a_required_field_an_account_keeps_its_tier() -> None:
    decision = decide(account(plan="pro", tier="tier-1"), REQUIRES_MRR, NOW)
    assert (decision.tier, decision.status, decision.hold) == ("tier-1", Status.HELD, Hold.MISSING_DATA)


def test_a_required_field_that_a_record_cleared_was_known() -> None:
    cleared = account("acme", update(version=1, mrr=700), update(version=2, mrr=None))
    assert decide(cleared, REQUIRES_MRR, NOW).tier == "tier-3"


def test_people_and_the_crm_decide_without_a_required_field() -> None:
    assert decide(overridden(account(), "tier-1"), REQUIRES_MRR, NOW).tier == "tier-1"
    assert decide(synced(account(), "tier-2"), REQUIRES_MRR, NOW).tier == "tier-2"


def test_an_archived_account_is_left_as_it_is() -> None:
    gone = account("acme", update(version=1, mrr=5_000), update(version=2, deleted=True), tier="tier-2")
    decision = decide(gone, rulebook(), NOW)
    assert (decision.tier, decision.status, decision.rules, decision.shadow) == ("tier-2", Status.UNCHANGED, (), {})
    absorbed = replace(account(mrr=5_000), merged_into=AccountId("other"))
    assert decide(absorbed, rulebook(), NOW).status is Status.UNASSIGNED


def test_a_tier_that_is_gone_from_the_model_is_left() -> None:
    decision = decide(account(mrr=10, tier="tier-9"), rulebook(), NOW)
    assert (decision.previous_tier, decision.tier) == (TierId("tier-9"), "tier-3")


def test_rules_are_traced_up_to_the_match_whoever_decides() -> None:
    decision = decide(overridden(account(mrr=5_000), "tier-3"), rulebook(), NOW)
    assert [(traced.id, traced.matched) for traced in decision.rules] == [("high", True)]
