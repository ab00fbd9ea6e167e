"""What a condition means: closures, trace and an independent reading of the language agree, at every edge."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from shared.accounts.identity import FieldName
from shared.accounts.values import Value
from shared.rules.compile import compile_condition
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not
from shared.rules.first_match import compile_first_match
from shared.rules.trace import findings
from shared.rules.wording import grounds
from tests.unit.rules import oracle, strategies
from tests.unit.rules.documents import leaf, parse, values


def holds(document: Any, given_values: dict[str, Any]) -> bool:
    return compile_condition(parse(document))(values(given_values))


@st.composite
def _cases(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    account = draw(strategies.accounts())
    return account, draw(strategies.conditions(account))


@given(_cases())
def test_closures_mean_what_the_language_says(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    account, document = case
    assert holds(document, account) is oracle.holds(document, account)


@given(_cases())
def test_the_trace_finds_each_leaf_met_as_the_language_says(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    account, document = case
    for found in findings(parse(document), values(account), lambda _: None):
        at: Any = document
        for step in found.pointer.split("/")[1:]:
            at = at[int(step) if isinstance(at, list) else step]
        assert found.met is oracle.leaf_holds(at, account)


@given(_cases())
def test_the_grounds_alone_settle_the_condition(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    account, document = case
    condition, seen = parse(document), values(account)
    settled = {ground.leaf.pointer: ground.met for ground in grounds(condition, seen)}
    for others in (True, False):
        assert _with(condition, settled, others) is oracle.holds(document, account)


def _with(condition: Condition, settled: dict[str, bool], others: bool) -> bool:  # noqa: FBT001 - the test's point
    match condition:
        case Leaf():
            return settled.get(condition.pointer, others)
        case Not(member):
            return not _with(member, settled, others)
        case All(members):
            return all(_with(member, settled, others) for member in members)
        case Either(members):
            return any(_with(member, settled, others) for member in members)
        case Always():
            return True


@given(strategies.ladders())
def test_the_first_match_is_the_first_that_holds(case: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    account, documents = case
    held = [index for index, document in enumerate(documents) if oracle.holds(document, account)]
    assert compile_first_match([parse(document) for document in documents])(values(account)) == (
        held[0] if held else None
    )


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=8), st.integers(-7, 7), st.data())
def test_a_ladder_is_searched_as_if_rule_by_rule(bounds: list[int], value: int, data: st.DataObject) -> None:
    steps: list[dict[str, Any]] = [
        {"all": [leaf("mrr", data.draw(st.sampled_from(strategies.ORDER)), bound), leaf("strategic", "present")]}
        for bound in bounds
    ]
    account = {"mrr": value, "strategic": data.draw(st.sampled_from([None, True]))}
    held = [index for index, document in enumerate(steps) if oracle.holds(document, account)]
    assert compile_first_match([parse(step) for step in steps])(values(account)) == (held[0] if held else None)


@pytest.mark.parametrize(
    ("field", "op"),
    [(field, op) for field, ops in strategies.OPERATORS.items() for op in ("missing", "present", *ops)],
)
@pytest.mark.parametrize("expected", [True, False])
def test_each_operator_of_each_type_can_be_true_and_false(field: str, op: str, expected: bool) -> None:  # noqa: FBT001
    cases = strategies.accounts(field).flatmap(
        lambda account: strategies.leaves(account, field, op).map(lambda document: (document, account))
    )
    find(cases, lambda case: holds(*case) is expected, settings=settings(phases=[Phase.generate], database=None))


def test_a_threshold_is_exact_to_the_cent() -> None:
    at_least = leaf("mrr", ">=", "1000.00")
    assert holds(at_least, {"mrr": 1000})
    assert not holds(at_least, {"mrr": "999.99"})
    assert not holds(leaf("mrr", ">", "1000.00"), {"mrr": Decimal(1000)})
    assert holds(leaf("mrr", ">", "1000.00"), {"mrr": "1000.01"})


def test_an_exact_multiple_of_another_field_meets_the_bound() -> None:
    nine_tenths = leaf("seats_used", ">=", {"field": "seats", "times": "0.9"})
    assert holds(nine_tenths, {"seats": 30, "seats_used": 27})
    assert not holds(nine_tenths, {"seats": 30, "seats_used": "26.9999"})
    assert not holds(nine_tenths, {"seats_used": 27})


def test_what_is_missing_meets_nothing_but_missing() -> None:
    for document in (leaf("mrr", "!=", 5), leaf("plan", "not_in", ["a"]), leaf("products", "has_none", ["a"])):
        assert not holds(document, {})
    assert holds({"not": leaf("mrr", ">", 5)}, {})
    assert holds(leaf("mrr", "missing"), {"mrr": None})


def test_an_empty_text_and_an_empty_list_are_present() -> None:
    assert holds(leaf("plan", "present"), {"plan": ""})
    assert holds(leaf("products", "present"), {"products": []})
    assert holds(leaf("products", "has_none", ["crm"]), {"products": []})
    assert holds(leaf("products", "has_all", []), {"products": []})
    assert not holds(leaf("products", "has_any", []), {"products": ["crm"]})


@pytest.mark.parametrize("foreign", [True, "1000", ("a",), 7])
@pytest.mark.parametrize(
    "document",
    [
        leaf("mrr", "!=", 1),
        leaf("plan", "!=", "x"),
        leaf("plan", "contains", ""),
        leaf("grade", "not_in", ["pro"]),
        leaf("strategic", "!=", True),
        leaf("products", "has_none", ["x"]),
        leaf("products", "size_at_least", 0),
        leaf("seats", "<=", {"field": "seats_used"}),
    ],
)
def test_a_value_of_an_earlier_type_of_the_field_is_missing(document: Any, foreign: Value) -> None:
    condition = parse(document)
    kept: dict[FieldName, Value] = dict.fromkeys(
        map(FieldName, ("mrr", "plan", "grade", "strategic", "products", "seats", "seats_used")), foreign
    )
    (found,) = findings(condition, kept, lambda _: None)
    fits = condition.type.fits(foreign)  # type: ignore[union-attr]  # every document here is a leaf
    assert found.met is compile_condition(condition)(kept)
    assert (found.actual is None) is not fits
    assert fits or not found.met
