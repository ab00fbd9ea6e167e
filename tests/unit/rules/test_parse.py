"""A condition's document becomes its tree, or all of its errors at once, each where it stands."""

from decimal import Decimal

import pytest

from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, Json
from shared.rules.condition import All, Always, Either, Leaf, Not, Operator, Reference, Relative
from shared.rules.errors import Code
from tests.unit.rules.documents import errors, leaf, parse


def test_every_kind_of_condition_becomes_its_node() -> None:
    tree = parse(
        {"all": [{"any": [leaf("mrr", ">=", 1)]}, {"not": leaf("plan", "=", "free")}, {"always": True}]}, "/when"
    )
    assert isinstance(tree, All)
    either, negation, always = tree.members
    assert isinstance(either, Either)
    assert isinstance(negation, Not)
    assert always == Always()
    assert isinstance(negation.member, Leaf)
    assert negation.member.pointer == "/when/all/1/not"


@pytest.mark.parametrize("value", ["1000.00", "1000", 1000, Decimal("1000.00"), Decimal("1E+3")])
def test_all_spellings_of_an_amount_are_one(value: Json) -> None:
    tree = parse(leaf("mrr", ">=", value))
    assert isinstance(tree, Leaf)
    assert tree.value == 1000 * SCALE


def test_a_reference_counts_once_by_default() -> None:
    tree = parse(leaf("seats_used", ">=", {"field": "seats"}))
    assert isinstance(tree, Leaf)
    assert tree.value == Reference(FieldName("seats"), times=SCALE)


@pytest.mark.parametrize("op", ["missing", "present"])
@pytest.mark.parametrize("field", ["mrr", "plan", "grade", "strategic", "products", "renewal_date", "last_login_at"])
def test_presence_is_asked_of_every_type(field: str, op: str) -> None:
    tree = parse(leaf(field, op))
    assert isinstance(tree, Leaf)
    assert tree.op is Operator(op)


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        (leaf("mmr", ">=", 1), "/field", Code.UNKNOWN_FIELD),
        (leaf("", ">=", 1), "/field", Code.UNKNOWN_FIELD),
        ({"field": 3, "op": "="}, "/field", Code.VALUE_NOT_FOR_TYPE),
        (leaf("tier", "=", "tier-1"), "/field", Code.READS_ITSELF),
        (leaf("days_in_tier", ">", 3), "/field", Code.READS_ITSELF),
        (leaf("synced_tier", "present"), "/field", Code.READS_ITSELF),
        (leaf("seats", ">", {"field": "tier_rank"}), "/value/field", Code.READS_ITSELF),
        (leaf("mrr", "=>", 1), "/op", Code.UNKNOWN_OPERATOR),
        ({"field": "mrr", "op": None}, "/op", Code.UNKNOWN_OPERATOR),
        ({"field": "mrr", "op": ["="]}, "/op", Code.UNKNOWN_OPERATOR),
        (leaf("grade", ">", "pro"), "/op", Code.OPERATOR_NOT_FOR_TYPE),
        (leaf("mrr", "contains", "1"), "/op", Code.OPERATOR_NOT_FOR_TYPE),
        (leaf("renewal_date", "in", ["2027-01-01"]), "/op", Code.OPERATOR_NOT_FOR_TYPE),
        (leaf("mrr", "within_next", "90d"), "/op", Code.OPERATOR_NOT_FOR_TYPE),
        (leaf("strategic", "in", [True]), "/op", Code.OPERATOR_NOT_FOR_TYPE),
        (leaf("mrr", ">=", True), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", None), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", "a lot"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", "10.005"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", 10**12), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", 10**10_000), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", "9" * 10_000), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", Decimal("1e400")), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", Decimal("NaN")), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("mrr", ">=", 0.5), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("strategic", "=", 1), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("plan", "=", 5), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("plan", "=", {"field": "name"}), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("plan", "=", "x" * 1_001), "/value", Code.TOO_LONG),
        (leaf("plan", "in", []), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("plan", "in", "pro"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("plan", "in", ["pro", None]), "/value/1", Code.VALUE_NOT_FOR_TYPE),
        (leaf("plan", "in", ["x"] * 1_001), "/value", Code.TOO_MANY),
        (leaf("grade", "=", "gold"), "/value", Code.NOT_IN_OPTIONS),
        (leaf("grade", "not_in", ["pro", "gold"]), "/value/1", Code.NOT_IN_OPTIONS),
        (leaf("products", "has_any", "crm"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("products", "has_any", ["x" * 257]), "/value", Code.TOO_LONG),
        (leaf("products", "has_all", [str(n) for n in range(101)]), "/value", Code.TOO_MANY),
        (leaf("products", "size_at_least", -1), "/value", Code.NEGATIVE_AMOUNT),
        (leaf("products", "size_at_most", "1.5"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("products", "size_at_most", True), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("seats", ">", {"field": "mrr"}), "/value/field", Code.VALUE_NOT_FOR_TYPE),
        (leaf("seats", ">", {"field": "users"}), "/value/field", Code.UNKNOWN_FIELD),
        (leaf("seats", ">", {"field": "seats_used", "times": "lots"}), "/value/times", Code.VALUE_NOT_FOR_TYPE),
        (leaf("seats", ">", {"field": "seats_used", "time": 2}), "/value/time", Code.UNKNOWN_KEY),
        (leaf("seats", ">", {"times": 2}), "/value/field", Code.MISSING_KEY),
        (leaf("renewal_date", ">=", "2027-02-29"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", ">=", "now"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", ">=", "Today"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", ">=", "today +3d"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", ">=", 20270101), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", ">=", "today+"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", ">=", "today+30"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", ">=", "today+36h"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", ">=", "today-3651d"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", ">=", "today--1d"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "within_next", "0d"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "within_last", "3651d"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "beyond_next", "24h"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "beyond_last", "-1d"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "within_next", "٣d"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "within_next", "9" * 10_000 + "d"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "within_next", 90), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "within_next", {"field": "customer_since"}), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "within_next", None), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", "within_next"), "/value", Code.MISSING_KEY),
        (leaf("last_login_at", "<", "2026-11-22T07:00:00"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("last_login_at", "<", "2026-11-22"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("last_login_at", "<", "today"), "/value", Code.VALUE_NOT_FOR_TYPE),
        (leaf("last_login_at", "<", "now+7w"), "/value", Code.BAD_DURATION),
        (leaf("last_login_at", "<", "now+87601h"), "/value", Code.BAD_DURATION),
        (leaf("last_login_at", "within_last", "0m"), "/value", Code.BAD_DURATION),
        (leaf("last_login_at", "within_last", "5256001m"), "/value", Code.BAD_DURATION),
        (leaf("last_login_at", "within_last", "90s"), "/value", Code.BAD_DURATION),
        (leaf("renewal_date", "<", {"field": "last_login_at"}), "/value/field", Code.VALUE_NOT_FOR_TYPE),
        (leaf("renewal_date", "<", {"field": "customer_since", "times": 1}), "/value/times", Code.UNKNOWN_KEY),
        (leaf("last_touch_at", ">", {"field": "override_expires_at"}), "/value/field", Code.READS_ITSELF),
        ({**leaf("renewal_date", "<", "today"), "over": "30d"}, "/over", Code.UNKNOWN_KEY),
        (leaf("mrr", ">="), "/value", Code.MISSING_KEY),
        (leaf("mrr", "missing", 0), "/value", Code.UNKNOWN_KEY),
        ({"field": "mrr"}, "/op", Code.MISSING_KEY),
        ({"op": ">=", "value": 1}, "/field", Code.MISSING_KEY),
        ({**leaf("mrr", ">=", 1), "over": "30d"}, "/over", Code.UNKNOWN_KEY),
        ({**leaf("mrr", ">=", 1), "a/b~c": 1}, "/a~1b~0c", Code.UNKNOWN_KEY),
        ({"all": [{"always": True}], "any": []}, "/any", Code.UNKNOWN_KEY),
        ({}, "", Code.MISSING_KEY),
        (None, "", Code.VALUE_NOT_FOR_TYPE),
        ([], "", Code.VALUE_NOT_FOR_TYPE),
        ({"all": []}, "/all", Code.VALUE_NOT_FOR_TYPE),
        ({"any": {"field": "mrr"}}, "/any", Code.VALUE_NOT_FOR_TYPE),
        ({"not": "x"}, "/not", Code.VALUE_NOT_FOR_TYPE),
        ({"always": False}, "/always", Code.VALUE_NOT_FOR_TYPE),
        ({"always": 1}, "/always", Code.VALUE_NOT_FOR_TYPE),
    ],
)
def test_each_error_stands_at_its_place_with_its_code(document: Json, pointer: str, code: Code) -> None:
    assert [(error.pointer, error.code) for error in errors(document, "/when")] == [(f"/when{pointer}", code)]


def test_the_operators_of_the_type_are_named() -> None:
    assert errors(leaf("grade", ">", "pro"))[0].message == "grade is an enum: use =, !=, in or not_in"
    assert errors(leaf("renewal_date", "contains", "2026"))[0].message == (
        "renewal_date is a date: use =, !=, >, >=, <, <=, within_next, within_last, beyond_next or beyond_last"
    )


@pytest.mark.parametrize(
    ("field", "op", "value", "distance"),
    [
        ("renewal_date", "<", "today", 0),
        ("renewal_date", "=", "today+0d", 0),
        ("renewal_date", "!=", "today-7d", -7),
        ("renewal_date", ">=", "today+3650d", 3_650),
        ("renewal_date", "within_next", "1d", 1),
        ("renewal_date", "beyond_last", "3650d", 3_650),
        ("last_login_at", ">", "now", 0),
        ("last_login_at", "<=", "now-0m", 0),
        ("last_login_at", ">", "now+36h", 129_600),
        ("last_login_at", ">", "now-3650d", -315_360_000),
        ("last_login_at", "within_last", "1m", 60),
        ("last_login_at", "beyond_next", "5256000m", 315_360_000),
    ],
)
def test_what_hangs_on_the_present_is_a_distance_from_it(field: str, op: str, value: str, distance: int) -> None:
    tree = parse(leaf(field, op, value))
    assert isinstance(tree, Leaf)
    assert tree.value == Relative(distance, value)


def test_times_with_any_offset_are_one_moment() -> None:
    for text in ("2026-11-22T07:00:00Z", "2026-11-22T12:45:00+05:45", "2026-11-21T20:00:00.9-11:00"):
        tree = parse(leaf("last_login_at", "=", text))
        assert isinstance(tree, Leaf)
        assert tree.value == 1_795_330_800


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            leaf("renewal_date", "<", "soon"),
            "renewal_date is a date: write a date as YYYY-MM-DD, or as today, today+30d or today-7d",
        ),
        (
            leaf("renewal_date", "within_next", "36h"),
            'renewal_date is a date: write a duration in whole days, from "1d" to "3650d"',
        ),
        (
            leaf("last_login_at", "<", "now-1y"),
            'last_login_at is a timestamp: write a duration in minutes, hours or days, from "0d" to "3650d"',
        ),
    ],
)
def test_what_to_write_of_times_is_told(document: Json, message: str) -> None:
    assert [error.message for error in errors(document)] == [message]


def test_all_errors_of_a_document_are_told_at_once() -> None:
    found = errors({"all": [leaf("mmr", ">", 1), {"not": leaf("grade", ">", 1)}, leaf("mrr", ">", "x"), 7]})
    assert [error.pointer for error in found] == ["/all/0/field", "/all/1/not/op", "/all/2/value", "/all/3"]


def nested(depth: int) -> Json:
    document: Json = leaf("mrr", ">", 1)
    for _ in range(depth - 1):
        document = {"not": document}
    return document


def test_conditions_nest_twenty_deep_and_no_deeper() -> None:
    assert errors(nested(20)) == []
    (error,) = errors(nested(21))
    assert (error.pointer, error.code) == ("/not" * 20, Code.TOO_DEEP)


def test_a_hostile_depth_is_one_error() -> None:
    assert [error.code for error in errors(nested(100_000))] == [Code.TOO_DEEP]


def test_a_rule_has_five_hundred_leaves_and_no_more() -> None:
    assert errors({"all": [leaf("mrr", ">", 1)] * 500}) == []
    (error,) = errors({"all": [leaf("mrr", ">", 1)] * 501}, "/rules/3/when")
    assert (error.pointer, error.code) == ("/rules/3/when", Code.TOO_MANY)
