"""Each leaf is reported with what it asked for, what it saw, whose value that was and what it is short of."""

import pytest

from shared.accounts.identity import FieldName, SourceName
from shared.accounts.values import Json, Value
from shared.rules.finding import Finding
from shared.rules.trace import findings
from tests.unit.rules.documents import facts, facts_of, leaf, parse
from tests.unit.rules.past import Entries, past_facts


def found(document: Json, **given: Json) -> Finding:
    (finding,) = findings(parse(document, "/when"), facts(given), lambda _: SourceName("recurly"))
    return finding


def test_a_finding_says_it_all() -> None:
    assert found(leaf("mrr", ">=", 1000), mrr="640").to_json() == {
        "pointer": "/when",
        "field": "mrr",
        "op": ">=",
        "expected": "1000.00",
        "actual": "640.00",
        "source": "recurly",
        "met": False,
        "short_by": "360.00",
    }


@pytest.mark.parametrize(
    ("op", "value", "short_by"),
    [
        (">=", "999.99", "0.01"),
        (">=", "1000", None),
        (">", "1000", "0.00"),
        ("<", "1000.50", "0.50"),
        ("<=", "1000", None),
        ("=", "999", None),
        ("!=", "1000", None),
    ],
)
def test_an_unmet_ordering_says_by_how_much(op: str, value: str, short_by: str | None) -> None:
    assert found(leaf("mrr", op, 1000), mrr=value).short_by == short_by


@pytest.mark.parametrize("asked", ["2027-01-01", "today", {"field": "customer_since"}])
def test_only_amounts_are_short_of_something(asked: Json) -> None:
    finding = found(leaf("renewal_date", ">", asked), renewal_date="2026-11-01", customer_since="2026-12-01")
    assert (finding.met, finding.short_by) == (False, None)


def test_a_number_kept_from_before_its_field_became_a_date_is_no_date() -> None:
    earlier = leaf("customer_since", "<", {"field": "renewal_date"})
    condition = parse({"all": [leaf("renewal_date", "present"), earlier]})
    kept: dict[FieldName, Value] = {FieldName("renewal_date"): 12_000_000, FieldName("customer_since"): 700_000}
    one, other = findings(condition, facts_of(kept), lambda _: None)
    assert (one.actual, other.expected, other.actual) == (None, None, "1917-07-15")


def test_a_missing_value_has_no_source_and_is_short_of_nothing() -> None:
    finding = found(leaf("mrr", ">=", 1000))
    assert (finding.actual, finding.source, finding.short_by, finding.met) == (None, None, None, False)


def test_a_reference_is_shown_as_what_it_came_to() -> None:
    document = leaf("seats_used", ">=", {"field": "seats", "times": "0.9"})
    assert (found(document, seats=7, seats_used=6).expected, found(document, seats=7, seats_used=6).short_by) == (
        "6.3",
        "0.3",
    )
    assert found(document, seats=10, seats_used=9).expected == 9
    assert found(document, seats_used=6).expected is None


def test_a_product_finer_than_any_value_is_shown_exactly() -> None:
    document = leaf("mrr", ">=", {"field": "arr", "times": "0.0001"})
    assert found(document, arr="0.01", mrr="-1").short_by == "1.000001"


@pytest.mark.parametrize(
    ("document", "given", "expected", "actual"),
    [
        (leaf("plan", "in", ["pro", "free", "pro"]), {"plan": "pro"}, ["free", "pro"], "pro"),
        (leaf("products", "has_any", ["b", "a"]), {"products": ["z", "a"]}, ["a", "b"], ["a", "z"]),
        (leaf("products", "size_at_least", 2), {"products": ["z", "a"]}, 2, ["a", "z"]),
        (leaf("strategic", "=", True), {"strategic": True}, True, True),
        (leaf("seats", ">", 3), {"seats": "4.5"}, 3, "4.5"),
        (leaf("renewal_date", "<", "2026-12-31"), {"renewal_date": "2027-01-31"}, "2026-12-31", "2027-01-31"),
        (leaf("renewal_date", ">", "today+30d"), {"renewal_date": "2027-01-31"}, "today+30d", "2027-01-31"),
        (leaf("renewal_date", "within_next", "90d"), {"renewal_date": "2027-01-31"}, "90d", "2027-01-31"),
        (
            leaf("renewal_date", "<", {"field": "customer_since"}),
            {"renewal_date": "2027-01-31", "customer_since": "2020-02-29"},
            "2020-02-29",
            "2027-01-31",
        ),
        (leaf("last_login_at", "<", {"field": "last_touch_at"}), {}, None, None),
        (
            leaf("last_login_at", "=", "2026-01-01T05:45:00+05:45"),
            {"last_login_at": "2026-01-01T01:00:00+01:00"},
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
        ),
        (leaf("renewal_date", "present"), {"renewal_date": "2027-01-31"}, None, "2027-01-31"),
        (leaf("last_login_at", "missing"), {"last_login_at": "2026-01-01T00:00:00Z"}, None, "2026-01-01T00:00:00Z"),
    ],
)
def test_both_sides_are_written_like_the_fields_values(
    document: Json, given: dict[str, Json], expected: Json, actual: Json
) -> None:
    finding = found(document, **given)
    assert (finding.expected, finding.actual) == (expected, actual)


def test_every_leaf_is_evaluated_in_the_documents_order() -> None:
    tree = parse({"any": [{"always": True}, leaf("mrr", ">", 1), {"not": {"all": [leaf("seats", ">", 1)]}}]})
    pointers = [finding.pointer for finding in findings(tree, facts({"mrr": 5}), lambda _: None)]
    assert pointers == ["/any/1", "/any/2/not/all/0"]


def test_the_source_is_asked_for_the_leafs_field() -> None:
    asked: list[FieldName] = []
    findings(parse(leaf("plan", "present")), facts({"plan": "pro"}), asked.append)
    assert asked == ["plan"]


DROP: Entries = [(40, 1250), (10, 640)]
WEEKS: dict[str, Json] = {"window": {"fn": "avg", "of": "21d"}}


@pytest.mark.parametrize(
    ("document", "of", "said"),
    [
        (
            {**leaf("mrr", "dropped_by_pct", 20), "over": "720h"},
            DROP,
            {"expected": 20, "actual": "640.00", "met": True, "over": "30d", "old": "1250.00"},
        ),
        (leaf("mrr", "dropped_by_pct", "0.5"), DROP, {"expected": "0.5", "old": "1250.00"}),
        (leaf("mrr", "dropped_by", 700), DROP, {"expected": "700.00", "met": False, "short_by": None}),
        (leaf("mrr", "rose_by", 0), [(9, 5)], {"expected": "0.00", "actual": "5.00", "old": None}),
        (leaf("seats", "changed_from", 3), [(9, "2.5"), (5, 4)], {"expected": 3, "actual": 4, "old": "2.5"}),
        (leaf("plan", "changed_to", "pro"), [(9, "free"), (5, "pro")], {"actual": "pro", "met": True, "old": "free"}),
        (
            {**leaf("mrr", ">=", 900), **WEEKS},
            [(20, 900), (15, 900), (10, "899.99")],
            {"actual": "899.99666667", "short_by": "0.00333334", "window": {"fn": "avg", "of": "21d"}},
        ),
        (
            {**leaf("seats", ">", {"field": "seats"}), "window": {"fn": "sum", "of": "1h"}},
            [(9, 2), (0, 3)],
            {"expected": 3, "actual": 3, "short_by": "0"},
        ),
        ({**leaf("mrr", "<", 9), "window": {"fn": "min", "of": "1d"}}, DROP, {"actual": None, "short_by": None}),
        (
            {**leaf("mrr", "dropped_by", 5), "over": "20d", **WEEKS},
            DROP,
            {"actual": "640.00", "old": "1250.00", "over": "20d", "met": True},
        ),
    ],
)
def test_a_leaf_that_reads_history_tells_what_it_compared(
    document: dict[str, Json], of: Entries, said: dict[str, Json]
) -> None:
    (finding,) = findings(parse(document), past_facts(str(document["field"]), of), lambda _: None)
    assert finding.to_json() | said == finding.to_json()


@pytest.mark.parametrize(
    ("document", "beside"),
    [
        (leaf("plan", "changed"), set()),
        ({**leaf("plan", "changed"), "over": "30d"}, {"over"}),
        (leaf("plan", "same_for", "45d"), set()),
        (leaf("plan", "=", "pro"), set()),
        (leaf("plan", "changed_to", "pro"), {"old"}),
    ],
)
def test_an_old_value_is_told_where_one_is_read(document: Json, beside: set[str]) -> None:
    plain = found(leaf("mrr", ">", 1)).to_json()
    assert set(found(document, plan="pro").to_json()) == {*plain, *beside}
