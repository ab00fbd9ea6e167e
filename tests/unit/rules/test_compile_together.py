"""Functions of many conditions: what they are made of, how large they may become, and the leaves that they call."""

import re
import traceback
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, cast

import pytest

from shared.accounts.identity import FieldName
from shared.accounts.values import Json
from shared.rules.compile_together import compile_each, compile_first_match
from shared.rules.condition import Condition, Leaf
from shared.rules.facts import Facts
from shared.rules.margin import eased
from shared.rules.parse import MAX_DEPTH, MAX_LEAVES
from shared.tiers.policy_document import MAX_BYTES, MAX_RULES
from tests.unit.rules.documents import FIELDS, facts, leaf, moment, parse
from tests.unit.rules.past import past_facts


def deep(number: int) -> dict[str, Any]:
    """As deep as conditions nest: whether there are at least `number` seats, and no MRR of `number`."""
    document: dict[str, Any] = leaf("seats", ">=", number)
    while depth(document) <= MAX_DEPTH - 2:
        document = {"all": [{"any": [document, leaf("plan", "=", "x")]}, leaf("mrr", "!=", number)]}
    return document if depth(document) == MAX_DEPTH else {"all": [document]}


def depth(document: dict[str, Any]) -> int:
    return 1 + max(map(depth, document.get("all", document.get("any", []))), default=0)


def test_two_hundred_rules_of_the_greatest_depth_are_one_function() -> None:
    rules = [parse(deep(number)) for number in range(MAX_RULES, 0, -1)]
    first, each = compile_first_match(rules), compile_each(rules)
    for seats in (0, 1, 150, 200):
        asked = facts({"seats": seats, "mrr": 1_000})
        assert first(asked) == (MAX_RULES - seats if seats else None)
        assert each(asked) == [seats >= number for number in range(MAX_RULES, 0, -1)]


@pytest.mark.parametrize("many", ["all", "any"])
def test_as_many_comparisons_as_a_policy_can_have_are_one_function(many: str) -> None:
    shortest = '{"field":"mrr","op":">","value":1},'
    rules = [
        parse({many: [leaf("mrr", ">", rule + number) for number in range(MAX_LEAVES)]})
        for rule in range(MAX_BYTES // len(shortest) // MAX_LEAVES)
    ]
    first, last = len(rules) - 1, len(rules) + MAX_LEAVES
    assert compile_first_match(rules)(facts({"mrr": first})) == (None if many == "all" else 0)
    assert compile_each(rules)(facts({"mrr": last - 2})) == [True] * first + [many == "any"]


def test_no_rules_are_a_function_too() -> None:
    assert compile_first_match([])(facts({})) is None
    assert compile_each([])(facts({})) == []


HOSTILE = '"); __import__("os").abort() #'


@pytest.mark.parametrize("compiler", [compile_first_match, compile_each])
@pytest.mark.parametrize("op", ["=", "in", "contains", "missing"])
def test_what_a_document_says_is_no_name_and_no_code(compiler: Callable[..., Any], op: str) -> None:
    of = FIELDS.types[FieldName("plan")]
    asked: dict[str, list[Any]] = {"in": [[HOSTILE]], "missing": []}
    condition = parse(leaf("plan", op, *asked.get(op, [HOSTILE])))
    assert isinstance(condition, Leaf)
    named = Leaf(FieldName(HOSTILE), of, condition.op, condition.value, HOSTILE)
    function = cast("FunctionType", compiler([named]))

    code = function.__code__
    assert all(re.fullmatch(r"[a-z_]+[0-9]*", name) for name in (*code.co_names, *code.co_varnames))
    assert function.__globals__["__builtins__"] == {}
    assert HOSTILE in code.co_consts
    assert function(Facts({}, {}, moment())) == compiler([condition])(facts({}))


def test_leaves_that_are_rare_are_asked_beside_the_others() -> None:
    changed = past_facts("mrr", [(20, 1_000), (10, 800)], seats=5)
    average: Json = {"fn": "avg", "of": "15d"}
    documents: list[dict[str, Json]] = [
        leaf("mrr", "dropped_by_pct", 20),
        leaf("mrr", "dropped_by_pct", 21),
        {**leaf("mrr", "<", 900), "window": average},
        {"all": list[Json]([leaf("mrr", "changed"), leaf("seats", "=", 5)])},
        {"not": {**leaf("mrr", "changed"), "over": "5d"}},
    ]
    conditions = [parse(document) for document in documents]
    assert compile_each(conditions)(changed) == [True, False, True, True, True]
    assert compile_first_match(conditions[1:])(changed) == 1


def test_thresholds_that_a_margin_eases_are_exact() -> None:
    nine_tenths = eased(parse(leaf("seats_used", ">=", {"field": "seats", "times": "0.9"})), 50_000)
    rows: list[tuple[Json, bool]] = [(855, True), ("854.9999", False)]
    for used, met in rows:
        assert compile_each([nine_tenths])(facts({"seats": 1_000, "seats_used": used})) == [met]


@pytest.mark.parametrize(("field", "known"), [("plan", "x"), ("grade", "pro"), ("mrr", 5), ("products", ["a"])])
def test_presence_is_asked_of_the_true_values(field: str, known: Any) -> None:
    stood_in, nothing = facts({field: known}), facts({}).values
    each = compile_each([parse(leaf(field, op)) for op in ("missing", "present")])
    assert each(stood_in) == [False, True]
    assert each(Facts(stood_in.values, {}, moment(), true_values=nothing)) == [True, False]
    assert each(Facts(nothing, {}, moment(), true_values=stood_in.values)) == [False, True]


class Explosive(dict[FieldName, Any]):
    """Values that cannot be told after the first."""

    def get(self, name: FieldName, _: object = None) -> Any:
        if name == "seats":
            raise RuntimeError("no seats")
        return None


def test_a_traceback_names_the_rule_by_its_line() -> None:
    rules: Sequence[Condition] = [parse(leaf(field, "=", 1)) for field in ("mrr", "mrr", "seats", "mrr")]
    with pytest.raises(RuntimeError) as raised:
        compile_first_match(rules)(Facts(Explosive(), {}, moment()))
    frame = traceback.extract_tb(raised.value.__traceback__)[1]
    assert (frame.filename, frame.name, frame.lineno) == ("<first_match>", "first_match", 3)
