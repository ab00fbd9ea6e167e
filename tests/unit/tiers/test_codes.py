"""Each code that a document can be refused with, in a policy as an admin would write it."""

import pytest

from shared.accounts.values import Json
from shared.rules.errors import Code, DocumentRefused
from shared.rules.parse import MAX_DEPTH
from shared.tiers.model import FRESH
from shared.tiers.policy_document import MAX_RULES, parse_policy
from tests.support.builders import CATALOGUE
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule


def nested(depth: int) -> Json:
    document: Json = leaf("mrr", ">=", 1_000)
    for _ in range(depth - 1):
        document = {"all": [document]}
    return document


def when(condition: Json) -> Json:
    return policy(rule("high", "tier-1", condition))


REFUSED: list[tuple[Code, Json, str]] = [
    (Code.UNKNOWN_FIELD, when({"all": [leaf("mmr", ">=", 1_000)]}), "/rules/0/when/all/0/field"),
    (Code.UNKNOWN_OPERATOR, when(leaf("mrr", "=>", 1_000)), "/rules/0/when/op"),
    (Code.OPERATOR_NOT_FOR_TYPE, when({"any": [leaf("stage", ">", "live")]}), "/rules/0/when/any/0/op"),
    (Code.VALUE_NOT_FOR_TYPE, when({"not": leaf("mrr", ">=", "much")}), "/rules/0/when/not/value"),
    (Code.NEGATIVE_AMOUNT, when({**leaf("mrr", "dropped_by_pct", -20), "over": "30d"}), "/rules/0/when/value"),
    (Code.UNKNOWN_TIER, policy(rule("high", "gold", leaf("mrr", ">=", 1_000))), "/rules/0/tier"),
    (Code.UNKNOWN_KEY, policy(stability={"demote/after": "14d"}), "/stability/demote~1after"),
    (Code.MISSING_KEY, policy({"tier": "tier-1", "when": {"always": True}}), "/rules/0/id"),
    (Code.DUPLICATE_ID, policy(*[rule("high", "tier-1", leaf("mrr", ">=", 1_000))] * 2), "/rules/1/id"),
    (Code.TOO_DEEP, when(nested(MAX_DEPTH + 1)), "/rules/0/when" + "/all/0" * MAX_DEPTH),
    (Code.TOO_MANY, policy(rules=[rule("high", "tier-1", {"always": True})] * (MAX_RULES + 1)), "/rules"),
    (Code.TOO_LONG, when(leaf("plan", "starts_with", "x" * 1_001)), "/rules/0/when/value"),
    (Code.NOT_IN_OPTIONS, when(leaf("stage", "in", ["live", "alive"])), "/rules/0/when/value/1"),
    (Code.READS_ITSELF, when(leaf("days_in_tier", ">=", 90)), "/rules/0/when/field"),
    (
        Code.OVER_EXCEEDS_HISTORY,
        when({**leaf("mrr", "rose_by", 1), "over": "394d", "window": {"fn": "avg", "of": "7d"}}),
        "/rules/0/when/over",
    ),
    (Code.BAD_DURATION, when(leaf("renewal_date", "within_next", "3 months")), "/rules/0/when/value"),
]


@pytest.mark.parametrize(("code", "document", "pointer"), REFUSED, ids=[code.value for code, _, _ in REFUSED])
def test_a_document_is_refused_with_its_code_at_its_place(code: Code, document: Json, pointer: str) -> None:
    with pytest.raises(DocumentRefused) as caught:
        parse_policy(document, FRESH, CATALOGUE)
    assert [(error.code, error.pointer) for error in caught.value.errors] == [(code, pointer)]
    assert len(caught.value.errors[0].message.split()) > 1


def test_every_code_has_its_document() -> None:
    assert [code for code, _, _ in REFUSED] == list(Code)
