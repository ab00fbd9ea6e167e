"""A policy's document becomes the policy, or all of its errors at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.standing import Method
from shared.accounts.values import Json
from shared.rules.errors import Code, DocumentRefused
from shared.tiers.model import FRESH
from shared.tiers.policy_document import FRESH_POLICY, parse_policy
from shared.tiers.stability import Demote, Stability
from tests.support.builders import CATALOGUE
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule, rulebook

ALWAYS: Json = {"always": True}


def refused(document: Json) -> list[tuple[str, Code]]:
    with pytest.raises(DocumentRefused) as caught:
        parse_policy(document, FRESH, CATALOGUE)
    return [(error.pointer, error.code) for error in caught.value.errors]


def test_the_fresh_policy_is_a_ladder_by_mrr() -> None:
    parsed = rulebook().policy
    assert [(entry.id, entry.tier) for entry in parsed.rules] == [("high", "tier-1"), ("mid", "tier-2")]
    assert parsed.otherwise == "tier-3"
    assert parsed.precedence == (Method.MANUAL, Method.SYNCED, Method.RULES)


def test_everything_but_the_rules_may_be_left_out() -> None:
    parsed = parse_policy({"rules": []}, FRESH, CATALOGUE)
    assert (parsed.otherwise, parsed.requires) == (None, ())
    assert parsed.precedence == (Method.MANUAL, Method.SYNCED, Method.RULES)


def test_a_policy_may_leave_a_method_out_and_order_the_others() -> None:
    parsed = parse_policy(policy(precedence=["rules", "manual"], requires=["mrr", "seats", "mrr"]), FRESH, CATALOGUE)
    assert parsed.precedence == (Method.RULES, Method.MANUAL)
    assert parsed.requires == ("mrr", "seats")


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        (None, [("", Code.VALUE_NOT_FOR_TYPE)]),
        ({}, [("/rules", Code.MISSING_KEY)]),
        (policy(rules_=1), [("/rules_", Code.UNKNOWN_KEY)]),
        (policy(rules={}), [("/rules", Code.VALUE_NOT_FOR_TYPE)]),
        (policy(rules=[None]), [("/rules/0", Code.VALUE_NOT_FOR_TYPE)]),
        (
            policy({"name": "x"}),
            [
                ("/rules/0/name", Code.UNKNOWN_KEY),
                ("/rules/0/id", Code.MISSING_KEY),
                ("/rules/0/tier", Code.MISSING_KEY),
                ("/rules/0/when", Code.MISSING_KEY),
            ],
        ),
        (policy(rule("", "tier-1", ALWAYS)), [("/rules/0/id", Code.VALUE_NOT_FOR_TYPE)]),
        (policy(rule("a\nb", "tier-1", ALWAYS)), [("/rules/0/id", Code.VALUE_NOT_FOR_TYPE)]),
        (policy(rule("x" * 129, "tier-1", ALWAYS)), [("/rules/0/id", Code.TOO_LONG)]),
        (
            policy(rule("a", "tier-1", ALWAYS), rule("b", None, ALWAYS), rule("a", "tier-2", ALWAYS)),
            [("/rules/2/id", Code.DUPLICATE_ID)],
        ),
        (policy(rule("a", "tier-9", ALWAYS)), [("/rules/0/tier", Code.UNKNOWN_TIER)]),
        (policy(rule("a", "Tier 1: High touch", ALWAYS)), [("/rules/0/tier", Code.UNKNOWN_TIER)]),
        (policy({"id": "a", "tier": 1, "when": ALWAYS}), [("/rules/0/tier", Code.VALUE_NOT_FOR_TYPE)]),
        (policy(rule("a", None, leaf("tier", "=", "tier-1"))), [("/rules/0/when/field", Code.READS_ITSELF)]),
        (policy(rules=[rule("a", None, ALWAYS)] * 201), [("/rules", Code.TOO_MANY)]),
        (policy(otherwise="tier-9"), [("/otherwise", Code.UNKNOWN_TIER)]),
        (policy(requires=["mmr", "tier", 5]), [
            ("/requires/0", Code.UNKNOWN_FIELD),
            ("/requires/1", Code.READS_ITSELF),
            ("/requires/2", Code.VALUE_NOT_FOR_TYPE),
        ]),
        (policy(precedence=[]), [("/precedence", Code.VALUE_NOT_FOR_TYPE)]),
        (policy(precedence=["rules", "rules"]), [("/precedence", Code.DUPLICATE_ID)]),
        (policy(precedence=["crm"]), [("/precedence/0", Code.NOT_IN_OPTIONS)]),
        (policy(stability={"demote_after": "14"}), [("/stability/demote_after", Code.BAD_DURATION)]),
        (policy(stability={"demote_after": "3651d"}), [("/stability/demote_after", Code.BAD_DURATION)]),
        (policy(stability={"promote_after": 0}), [("/stability/promote_after", Code.BAD_DURATION)]),
        (policy(stability={"hold_before_renewal": "36h"}), [("/stability/hold_before_renewal", Code.BAD_DURATION)]),
        (policy(stability={"demote_margin_pct": -5}), [("/stability/demote_margin_pct", Code.NEGATIVE_AMOUNT)]),
        (policy(stability={"demote_margin_pct": 101}), [("/stability/demote_margin_pct", Code.VALUE_NOT_FOR_TYPE)]),
        (policy(stability={"demote_margin_pct": "5%"}), [("/stability/demote_margin_pct", Code.VALUE_NOT_FOR_TYPE)]),
        (policy(stability={"hold_demotion_when": 1}), [("/stability/hold_demotion_when", Code.VALUE_NOT_FOR_TYPE)]),
        (
            policy(stability={"hold_demotion_when": leaf("tier", "=", "tier-1")}),
            [("/stability/hold_demotion_when/field", Code.READS_ITSELF)],
        ),
        (policy(stability={"demote": "sometime"}), [("/stability/demote", Code.NOT_IN_OPTIONS)]),
        (policy(stability={"calm": 1}), [("/stability/calm", Code.UNKNOWN_KEY)]),
        (policy(stability=None), [("/stability", Code.VALUE_NOT_FOR_TYPE)]),
    ],
)  # fmt: skip
def test_each_error_stands_at_its_place(document: Json, errors: list[tuple[str, Code]]) -> None:
    assert refused(document) == errors


def test_a_stability_without_delays_is_what_happens_anyway() -> None:
    none: Json = {
        "promote_after": "0d",
        "demote_after": "0h",
        "demote_margin_pct": 0,
        "hold_before_renewal": "0d",
        "hold_demotion_when": None,
        "demote": "at_once",
    }
    assert parse_policy(policy(stability=none), FRESH, CATALOGUE) == rulebook().policy


def test_a_stability_is_read_in_whole() -> None:
    asked: Json = {
        "promote_after": "36h",
        "demote_after": "14d",
        "demote_margin_pct": "2.5",
        "hold_before_renewal": "30d",
        "hold_demotion_when": leaf("stage", "=", "onboarding"),
        "demote": "month_start",
    }
    stability = parse_policy(policy(stability=asked), FRESH, CATALOGUE).stability
    assert stability.hold_demotion_when is not None
    assert replace(stability, hold_demotion_when=None) == Stability(
        promote_after=timedelta(hours=36),
        demote_after=timedelta(days=14),
        demote_margin=25_000,
        hold_before_renewal=30,
        demote=Demote.MONTH_START,
    )


def test_a_policy_beyond_256_kb_is_refused_before_it_is_read() -> None:
    half: Json = leaf("plan", "in", ["x" * 1_000] * 150)
    assert refused(policy(rule("a", None, {"all": [half, half]}))) == [("", Code.TOO_LONG)]
    assert len(parse_policy(policy(rule("a", None, {"all": [half]})), FRESH, CATALOGUE).rules) == 1


def test_the_codes_of_a_sentence_are_those_of_the_api() -> None:
    with pytest.raises(DocumentRefused) as caught:
        parse_policy({**FRESH_POLICY, "otherwise": "gold"}, FRESH, CATALOGUE)
    assert caught.value.errors[0].to_json() == {
        "pointer": "/otherwise",
        "code": "unknown_tier",
        "message": "there is no tier 'gold': write one of tier-1, tier-2, tier-3",
    }
