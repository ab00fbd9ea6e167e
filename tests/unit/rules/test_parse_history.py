"""What a leaf says of the past becomes typed, and each error stands at its place."""

import pytest

from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, FieldType, Json, ValueType
from shared.rules.condition import Aggregate, Duration, Leaf, Operator, Window
from shared.rules.errors import Code, DocumentError
from shared.rules.parse import parse_condition
from shared.rules.reading import Reading
from shared.rules.vocabulary import Vocabulary
from tests.unit.rules.documents import errors, leaf, parse

DAY = 86_400
WEEK: Json = {"fn": "avg", "of": "7d"}


def parsed(field: str, op: str, *value: Json, **beside: Json) -> Leaf:
    tree = parse({**leaf(field, op, *value), **beside})
    assert isinstance(tree, Leaf)
    return tree


@pytest.mark.parametrize("field", ["mrr", "seats", "plan", "grade", "strategic", "products", "last_login_at"])
def test_whether_a_value_changed_or_stayed_is_asked_of_every_type(field: str) -> None:
    assert parsed(field, "changed").over is None
    assert parsed(field, "changed", over="36h").over == 129_600
    assert parsed(field, "same_for", "90m").value == Duration(5_400, "90m")


@pytest.mark.parametrize("op", ["changed_to", "changed_from"])
@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("mrr", "640.00", 640 * SCALE),
        ("seats", "0.5", SCALE // 2),
        ("plan", "", ""),
        ("grade", "pro", "pro"),
        ("strategic", False, False),
        ("products", ["b", "a", "b"], ("a", "b")),
        ("products", [], ()),
        ("renewal_date", "0001-01-02", 2),
        ("last_login_at", "1970-01-01T01:00:00+01:00", 0),
    ],
)
def test_what_a_value_changed_to_is_a_constant_of_its_type(op: str, field: str, value: Json, kept: object) -> None:
    assert parsed(field, op, value).value == kept


@pytest.mark.parametrize(
    ("op", "value", "kept"),
    [
        ("rose_by", "0.01", 100),
        ("dropped_by", 0, 0),
        ("rose_by_pct", "0.0001", 1),
        ("dropped_by_pct", 20, 20 * SCALE),
        ("rose_by_pct", 10**12 - 1, (10**12 - 1) * SCALE),
    ],
)
def test_amounts_of_change_are_exact(op: str, value: Json, kept: int) -> None:
    found = parsed("mrr", op, value, over="3650d")
    assert (found.op, found.value, found.over) == (Operator(op), kept, 3_650 * DAY)


@pytest.mark.parametrize("op", ["=", "!=", ">", ">=", "<", "<=", "rose_by", "dropped_by", "rose_by_pct"])
@pytest.mark.parametrize("fn", ["avg", "min", "max", "sum"])
def test_comparisons_and_amounts_of_change_may_have_a_window(op: str, fn: str) -> None:
    assert parsed("seats", op, 3, window={"fn": fn, "of": "7d"}).window == Window(Aggregate(fn), 7 * DAY)


def test_a_windowed_field_may_be_compared_with_another() -> None:
    assert parsed("seats_used", ">", {"field": "seats", "times": "0.9"}, window=WEEK).window is not None


def test_a_window_and_what_it_is_compared_with_begin_at_most_400_days_ago() -> None:
    assert parsed("mrr", "rose_by", 1, window=WEEK, over="393d").over == 393 * DAY
    assert parsed("mrr", ">", 1, window={"fn": "max", "of": "400d"}).window == Window(Aggregate.MAX, 400 * DAY)


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        (leaf("mrr", "changed", 5), "/value", Code.UNKNOWN_KEY),
        (leaf("mrr", "rose_by"), "/value", Code.MISSING_KEY),
        (leaf("mrr", "same_for"), "/value", Code.MISSING_KEY),
        (leaf("mrr", "changed_to"), "/value", Code.MISSING_KEY),
        (leaf("plan", "rose_by", 5), "/op", Code.OPERATOR_NOT_FOR_TYPE),
        (leaf("renewal_date", "dropped_by", 5), "/op", Code.OPERATOR_NOT_FOR_TYPE),
        (leaf("mrr", "rose_by", -1), "/value", Code.NEGATIVE_AMOUNT),
        (leaf("mrr", "dropped_by_pct", "-0.0001"), "/value", Code.NEGATIVE_AMOUNT),
        (leaf("mrr", "rose_by", "0.001"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", "rose_by_pct", "0.00001"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", "rose_by_pct", 10**12), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", "rose_by", {"field": "arr"}), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", "rose_by", None), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", "changed_to", {"field": "arr"}), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", "changed_from", None), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("grade", "changed_from", "gold"), "/value", Code.NOT_IN_OPTIONS),
        (leaf("strategic", "changed_to", 1), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("products", "changed_to", "crm"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", "changed_to", "today"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("last_login_at", "changed_from", "now-7d"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", "same_for", "0d"), "/value", Code.BAD_DURATION),
        (leaf("mrr", "same_for", "3651d"), "/value", Code.BAD_DURATION),
        (leaf("mrr", "same_for", "45"), "/value", Code.BAD_DURATION),
        (leaf("mrr", "same_for", 45), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "same_for", "24h"), "/value", Code.BAD_DURATION),
        ({**leaf("renewal_date", "changed"), "over": "24h"}, "/over", Code.BAD_DURATION),
        ({**leaf("mrr", "changed"), "over": "0m"}, "/over", Code.BAD_DURATION),
        ({**leaf("mrr", "changed"), "over": None}, "/over", Code.BAD_DURATION),
        ({**leaf("mrr", "rose_by", 1), "over": "5256001m"}, "/over", Code.BAD_DURATION),
        ({**leaf("mrr", "same_for", "45d"), "over": "30d"}, "/over", Code.UNKNOWN_KEY),
        ({**leaf("mrr", "present"), "over": "30d"}, "/over", Code.UNKNOWN_KEY),
        ({**leaf("mrr", "changed"), "window": WEEK}, "/window", Code.UNKNOWN_KEY),
        ({**leaf("mrr", "changed_to", 5), "window": WEEK}, "/window", Code.UNKNOWN_KEY),
        ({**leaf("mrr", "same_for", "1d"), "window": WEEK}, "/window", Code.UNKNOWN_KEY),
        ({**leaf("mrr", "missing"), "window": WEEK}, "/window", Code.UNKNOWN_KEY),
        ({**leaf("plan", "=", "pro"), "window": WEEK}, "/window", Code.UNKNOWN_KEY),
        ({**leaf("renewal_date", "<", "today"), "window": WEEK}, "/window", Code.UNKNOWN_KEY),
        ({**leaf("mrr", ">", 1), "window": "7d"}, "/window", Code.VALUE_NOT_FOR_TYPE),
        ({**leaf("mrr", ">", 1), "window": {"of": "7d"}}, "/window/fn", Code.MISSING_KEY),
        ({**leaf("mrr", ">", 1), "window": {"fn": "avg"}}, "/window/of", Code.MISSING_KEY),
        ({**leaf("mrr", ">", 1), "window": {"fn": "median", "of": "7d"}}, "/window/fn", Code.NOT_IN_OPTIONS),
        ({**leaf("mrr", ">", 1), "window": {"fn": "avg", "of": "7w"}}, "/window/of", Code.BAD_DURATION),
        ({**leaf("mrr", ">", 1), "window": {"fn": "avg", "of": "7d", "to": 1}}, "/window/to", Code.UNKNOWN_KEY),
        ({**leaf("mrr", ">", 1), "window": {"fn": "avg", "of": "401d"}}, "/window/of", Code.OVER_EXCEEDS_HISTORY),
        ({**leaf("mrr", "rose_by", 1), "over": "394d", "window": WEEK}, "/over", Code.OVER_EXCEEDS_HISTORY),
    ],
)
def test_each_error_stands_at_its_place_with_its_code(document: Json, pointer: str, code: Code) -> None:
    assert [(error.pointer, error.code) for error in errors(document, "/when")] == [(f"/when{pointer}", code)]


def test_all_errors_of_a_leaf_are_told_at_once() -> None:
    document = {**leaf("mrr", "rose_by", -1), "over": "x", "window": {"fn": "mean", "of": "0d"}}
    assert [error.pointer for error in errors(document)] == ["/value", "/over", "/window/fn", "/window/of"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (leaf("mrr", "rose_by", "much"), 'mrr is money: write a number, or a decimal string such as "1000.00"'),
        (leaf("mrr", "rose_by_pct", "0.00001"), "rose_by_pct takes a percentage: a number here has at most 4 decimals"),
        (
            leaf("renewal_date", "changed_to", "today"),
            "renewal_date is a date: write a date as YYYY-MM-DD",
        ),
        (
            leaf("plan", "same_for", "1y"),
            'plan is a string: write a duration in minutes, hours or days, from "1m" to "3650d"',
        ),
    ],
)
def test_what_to_write_is_told(document: Json, message: str) -> None:
    assert [error.message for error in errors(document)] == [message]


def without_history(document: Json) -> list[DocumentError]:
    reading = Reading()
    vocabulary = Vocabulary(
        {name: ValueType(FieldType.NUMBER) for name in (FieldName("rank"), FieldName("seats"))},
        without_history=frozenset({"rank"}),
    )
    parse_condition(document, vocabulary, reading, "")
    return reading.errors


def test_what_has_no_history_is_asked_of_its_present_value_alone() -> None:
    assert without_history(leaf("rank", ">", 1)) == []
    assert without_history({**leaf("seats", ">", {"field": "rank"}), "window": WEEK}) == []
    for document, pointer in (
        (leaf("rank", "changed"), "/op"),
        (leaf("rank", "same_for", "1d"), "/op"),
        (leaf("rank", "rose_by", 1), "/op"),
        ({**leaf("rank", ">", 1), "window": WEEK}, "/window"),
    ):
        (error,) = without_history(document)
        assert (error.pointer, error.code) == (pointer, Code.OVER_EXCEEDS_HISTORY)
        assert error.message == "no history is kept of rank: ask of what it is now"


def test_no_operator_is_advised_that_would_be_refused() -> None:
    (error,) = without_history(leaf("rank", "in", [1]))
    assert error.message == "rank is a number: use =, !=, >, >=, < or <="
