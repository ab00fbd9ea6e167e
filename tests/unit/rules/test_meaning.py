"""What a condition means: closures, functions, trace and an independent reading of it agree, at every edge."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from shared.accounts import exact_json, strict_json
from shared.accounts.identity import FieldName
from shared.accounts.values import Value
from shared.rules.compile import compile_condition
from shared.rules.compile_together import compile_each, compile_first_match
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not
from shared.rules.moment import Moment
from shared.rules.trace import findings
from shared.rules.wording import grounds
from shared.tiers.policy_document import MAX_BYTES
from tests.support.builders import NOW
from tests.unit.rules import oracle, strategies
from tests.unit.rules.documents import facts, facts_of, leaf, moment, parse
from tests.unit.rules.oracle import Scene

type Case = tuple[Scene, dict[str, Any], dict[str, Any]]


def holds(document: Any, given_values: dict[str, Any], at: Moment | None = None) -> bool:
    """What the closure answers, and both functions of many conditions too."""
    condition, asked = parse(document), facts(given_values, at)
    answer = compile_condition(condition)(asked)
    assert compile_each([condition, Not(condition)])(asked) == [answer, not answer]
    assert compile_first_match([condition, Not(condition)])(asked) == (0 if answer else 1)
    return answer


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    scene = draw(strategies.scenes())
    account = draw(strategies.accounts(scene))
    return scene, account, draw(strategies.conditions(scene, account))


@given(_cases())
def test_closures_and_functions_mean_what_the_language_says(case: Case) -> None:
    scene, account, document = case
    assert holds(document, account, moment(*scene)) is oracle.holds(document, account, scene)


@given(_cases())
def test_the_trace_finds_each_leaf_met_as_the_language_says(case: Case) -> None:
    scene, account, document = case
    for found in findings(parse(document), facts(account, moment(*scene)), lambda _: None):
        at: Any = document
        for step in found.pointer.split("/")[1:]:
            at = at[int(step) if isinstance(at, list) else step]
        assert found.met is oracle.leaf_holds(at, account, scene)


@given(_cases())
def test_a_condition_that_went_through_json_is_the_same(case: Case) -> None:
    _, _, document = case
    for text in (exact_json.write(document), json.dumps(document, indent=1)):
        assert parse(strict_json.loads(text, max_bytes=MAX_BYTES)) == parse(document)


@given(_cases())
def test_the_grounds_alone_settle_the_condition(case: Case) -> None:
    scene, account, document = case
    condition, seen = parse(document), facts(account, moment(*scene))
    settled = {ground.leaf.pointer: ground.met for ground in grounds(condition, seen)}
    for others in (True, False):
        assert _with(condition, settled, others) is oracle.holds(document, account, scene)


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
def test_the_first_match_is_the_first_that_holds(case: tuple[Scene, dict[str, Any], list[dict[str, Any]]]) -> None:
    scene, account, documents = case
    held = [index for index, document in enumerate(documents) if oracle.holds(document, account, scene)]
    conditions, asked = [parse(document) for document in documents], facts(account, moment(*scene))
    assert compile_first_match(conditions)(asked) == (held[0] if held else None)
    assert compile_each(conditions)(asked) == [index in held for index in range(len(documents))]


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=8), st.integers(-7, 7), st.data())
def test_a_ladder_is_searched_as_if_rule_by_rule(bounds: list[int], value: int, data: st.DataObject) -> None:
    steps: list[dict[str, Any]] = [
        {"all": [leaf("mrr", data.draw(st.sampled_from(strategies.ORDER)), bound), leaf("strategic", "present")]}
        for bound in bounds
    ]
    account = {"mrr": value, "strategic": data.draw(st.sampled_from([None, True]))}
    held = [index for index, document in enumerate(steps) if oracle.holds(document, account, Scene(NOW))]
    found = compile_first_match([parse(step) for step in steps])(facts(account))
    assert found == (held[0] if held else None)


@pytest.mark.parametrize(
    ("field", "op"),
    [(field, op) for field, ops in strategies.OPERATORS.items() for op in (*strategies.PRESENCE, *ops)],
)
@pytest.mark.parametrize("expected", [True, False])
def test_each_operator_of_each_type_can_be_true_and_false(field: str, op: str, expected: bool) -> None:  # noqa: FBT001
    leaves = _leaves(lambda scene, account: strategies.leaves(scene, account, field, op), field)
    find(leaves, lambda case: _held(case) is expected, settings=strategies.FOUND)


_FORMS = {"a fixed one": strategies.fixed, "the present one": strategies.relative}


@pytest.mark.parametrize("form", ["a fixed one", "the present one", "a reference"])
@pytest.mark.parametrize(("field", "op"), [(field, op) for field in strategies.BESIDE for op in strategies.ORDER])
@pytest.mark.parametrize("expected", [True, False])
def test_each_comparison_in_time_can_be_true_and_false(form: str, field: str, op: str, expected: bool) -> None:  # noqa: FBT001
    def leaves(scene: Scene, account: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        others: st.SearchStrategy[Any] = st.just({"field": strategies.BESIDE[field]})
        asked = _FORMS[form](field, scene, account[field]) if form in _FORMS else others
        return asked.map(lambda value: leaf(field, op, value))

    def known(case: Case) -> bool:
        return all(case[1].values()) and _held(case) is expected

    find(_leaves(leaves, field, strategies.BESIDE[field]), known, settings=strategies.FOUND)


@st.composite
def _leaves(
    draw: st.DrawFn, leaves: Callable[[Scene, dict[str, Any]], st.SearchStrategy[dict[str, Any]]], *fields: str
) -> Case:
    scene = draw(strategies.scenes())
    account = draw(strategies.accounts(scene, *fields))
    return scene, account, draw(leaves(scene, account))


def _held(case: Case) -> bool:
    """What the closure says, which the language says too."""
    scene, account, document = case
    held = holds(document, account, moment(*scene))
    assert held is oracle.holds(document, account, scene)
    return held


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


@pytest.mark.parametrize(
    ("op", "text", "met"),
    [
        ("starts_with", "pro", True),
        ("starts_with", "max", False),
        ("ends_with", "max", True),
        ("ends_with", "pro", False),
        ("contains", "o-m", True),
        ("contains", "pro-max-", False),
        ("contains", "PRO", False),
    ],
)
def test_a_part_of_a_text_is_looked_for_where_the_operator_says(op: str, text: str, met: bool) -> None:  # noqa: FBT001
    assert holds(leaf("plan", op, text), {"plan": "pro-max"}) is met


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
        leaf("renewal_date", "<", "today+7d"),
        leaf("last_login_at", "!=", "now"),
    ],
)
def test_a_value_of_an_earlier_type_of_the_field_is_missing(document: Any, foreign: Value) -> None:
    condition = parse(document)
    fields = "mrr plan grade strategic products seats seats_used renewal_date last_login_at"
    kept: dict[FieldName, Value] = dict.fromkeys(map(FieldName, fields.split()), foreign)
    (found,) = findings(condition, facts_of(kept), lambda _: None)
    fits = condition.type.fits(foreign)  # type: ignore[union-attr]  # every document here is a leaf
    assert found.met is compile_condition(condition)(facts_of(kept))
    assert compile_each([condition])(facts_of(kept)) == [found.met]
    assert (found.actual is None) is not fits
    assert fits or not found.met


def test_one_is_not_true_and_true_is_not_one() -> None:
    conditions = [parse(leaf("strategic", op, wanted)) for op in ("=", "!=") for wanted in (True, False)]
    for number in (0, 1):
        asked = facts_of({FieldName("strategic"): number, FieldName("mrr"): bool(number)})
        assert compile_each(conditions)(asked) == [False] * 4
        assert [compile_condition(condition)(asked) for condition in conditions] == [False] * 4
        assert compile_each([parse(leaf("mrr", op, number)) for op in strategies.ORDER])(asked) == [False] * 6


@pytest.mark.parametrize(
    ("zone", "today"),
    [("UTC", "2026-12-31"), ("Pacific/Kiritimati", "2027-01-01"), ("Pacific/Pago_Pago", "2026-12-30")],
)
def test_today_is_the_calendars_of_the_zone(zone: str, today: str) -> None:
    at = moment(datetime(2026, 12, 31, 10, tzinfo=UTC), zone)
    assert holds(leaf("renewal_date", "=", "today"), {"renewal_date": today}, at)
    assert not holds(leaf("renewal_date", "<", "today"), {"renewal_date": today}, at)


def test_a_span_ends_with_its_last_day_and_its_last_second() -> None:
    at = moment(datetime(2026, 11, 22, 23, 59, 59, 999_999, tzinfo=UTC))
    in_90_days = leaf("renewal_date", "within_next", "90d")
    assert holds(in_90_days, {"renewal_date": "2026-11-22"}, at)
    assert holds(in_90_days, {"renewal_date": "2027-02-20"}, at)
    assert not holds(in_90_days, {"renewal_date": "2027-02-21"}, at)
    in_an_hour = leaf("last_login_at", "within_last", "1h")
    assert holds(in_an_hour, {"last_login_at": "2026-11-22T22:59:59Z"}, at)
    assert not holds(in_an_hour, {"last_login_at": "2026-11-22T22:59:58Z"}, at)


@pytest.mark.parametrize(
    ("end", "zone", "day", "ops"),
    [
        (datetime.min.replace(tzinfo=UTC), "UTC", "0001-01-01", ["=", ">=", "<="]),
        (datetime.min.replace(tzinfo=UTC), "America/New_York", "0001-01-01", ["!=", ">", ">="]),
        (datetime.max.replace(tzinfo=UTC), "UTC", "9999-12-31", ["=", ">=", "<="]),
        (datetime.max.replace(tzinfo=UTC), "Pacific/Kiritimati", "9999-12-31", ["!=", "<", "<="]),
    ],
)
def test_at_the_calendars_ends_a_day_is_compared_as_any_other(
    end: datetime, zone: str, day: str, ops: list[str]
) -> None:
    at = moment(end, zone)
    held = [op for op in strategies.ORDER if holds(leaf("renewal_date", op, "today"), {"renewal_date": day}, at)]
    assert held == ops
