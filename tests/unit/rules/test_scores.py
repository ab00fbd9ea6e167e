"""A score is the sum of the points of what holds, by the language's meaning alone, and turns where that does."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.catalogue import Catalogue, Field, ScoreTerm
from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, FieldType, Json
from shared.rules.condition import Leaf, Operator, Reference
from shared.rules.errors import Code
from shared.rules.facts import Facts
from shared.rules.parse_score import parse_terms, read_conditions, terms_to_json
from shared.rules.reading import Reading
from shared.rules.scores import compiled, read_by, scored
from shared.rules.trace import findings
from shared.rules.turning import next_turn, tells_time
from tests.unit.rules import oracle, strategies
from tests.unit.rules.documents import FIELDS, facts, leaf, moment
from tests.unit.rules.oracle import Scene

POINTS = FieldName("points")
OTHER = FieldName("other_points")

type Terms = Sequence[tuple[dict[str, Any], str]]


def term(when: Json, points: Json) -> dict[str, Json]:
    return {"when": when, "points": points}


def score(*terms: Json, name: FieldName = POINTS) -> Field:
    parsed = parse_terms(list(terms), Reading(), "/score")
    return Field(name, FieldType.NUMBER, "Points", sources=(), custom=True, score=parsed)


def catalogue(*terms: Json) -> Catalogue:
    return FIELDS.with_field(score(*terms))


def asked(of: Catalogue, given: dict[str, Json], scene: Scene | None = None) -> Facts:
    known = facts(given, moment(*scene) if scene else None)
    return scored(replace(known, scores=compiled([POINTS], of)))


def at_least(points: int) -> Leaf:
    return Leaf(POINTS, FIELDS.with_field(score()).types[POINTS], Operator.GE, points * SCALE, "/when")


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Scene, dict[str, Any], Terms]:
    scene = draw(strategies.scenes())
    account = draw(strategies.accounts(scene))
    points = st.integers(-(10**6), 10**6).map(lambda units: str(Decimal(units) / 100))
    terms = st.lists(st.tuples(strategies.conditions(scene, account), points), min_size=1, max_size=5)
    return scene, account, draw(terms)


@given(_cases())
def test_a_score_is_the_sum_of_the_points_of_what_holds(case: tuple[Scene, dict[str, Any], Terms]) -> None:
    scene, account, terms = case
    expected = sum((Fraction(points) for when, points in terms if oracle.holds(when, account, scene)), Fraction())
    known = asked(catalogue(*(term(when, points) for when, points in terms)), account, scene)
    found = known.values[POINTS]
    assert isinstance(found, int)
    assert Fraction(found, SCALE) == expected
    (finding,) = findings(at_least(0), known, lambda _: None)
    terms_told = cast("list[dict[str, Json]]", finding.to_json()["terms"])
    assert [one["pointer"] for one in terms_told] == [
        f"/score/{index}" for index, (when, _) in enumerate(terms) if oracle.holds(when, account, scene)
    ]


def test_a_score_is_0_where_nothing_holds_or_everything_is_missing() -> None:
    of = catalogue(term(leaf("mrr", ">=", 1000), 40), term(leaf("seats", "<", 10), 30))
    assert asked(of, {}).values[POINTS] == 0
    assert asked(of, {"mrr": 999, "seats": 10}).values[POINTS] == 0


def test_points_may_be_negative_and_have_decimals() -> None:
    of = catalogue(term(leaf("mrr", ">", 0), 10), term(leaf("payment_status", "=", "failed"), "-12.3456"))
    assert asked(of, {"mrr": 1, "payment_status": "failed"}).values[POINTS] == -23_456


def test_what_an_account_was_once_given_under_a_scores_name_does_not_count() -> None:
    stale = replace(
        facts({}), values={POINTS: 99 * SCALE}, scores=compiled([POINTS], catalogue(term(leaf("mrr", ">", 0), 1)))
    )
    assert scored(stale).values[POINTS] == 0


def test_its_finding_says_what_gave_the_points() -> None:
    of = catalogue(
        term(leaf("mrr", ">=", 1000), 40), term(leaf("seats", ">=", 5), 25), term(leaf("nps", ">", 0), "0.5")
    )
    (finding,) = findings(at_least(60), asked(of, {"mrr": 1000, "nps": 9}), lambda _: None)
    told = finding.to_json()
    assert (told["actual"], told["source"], told["met"], told["short_by"]) == ("40.5", "score", False, "19.5")
    assert told["terms"] == [{"pointer": "/score/0", "points": 40}, {"pointer": "/score/2", "points": "0.5"}]


def test_only_a_scores_finding_has_terms() -> None:
    of = catalogue(term({"always": True}, 1))
    mrr = Leaf(FieldName("mrr"), of.types[FieldName("mrr")], Operator.PRESENT, None, "")
    (finding,) = findings(mrr, asked(of, {"mrr": 1}), lambda _: None)
    assert "terms" not in finding.to_json()


def test_scores_are_found_by_what_compares_with_them_too() -> None:
    of = catalogue(term({"always": True}, 1)).with_field(score(term({"always": True}, 1), name=OTHER))
    seats = Leaf(FieldName("seats"), of.types[FieldName("seats")], Operator.GT, Reference(OTHER), "")
    assert read_by([seats], of) == {OTHER}
    assert read_by([at_least(3)], of) == {POINTS}


def test_a_leaf_on_a_score_turns_where_its_points_cross_the_bound() -> None:
    soon = leaf("renewal_date", "within_next", "30d")
    of = catalogue(term(soon, 10), term(leaf("renewal_date", "within_next", "10d"), 5))
    known = asked(of, {"renewal_date": "2027-01-31"})
    assert [next_turn([at_least(points)], known) for points in (16, 10, 15)] == [
        None,
        moment().now.replace(year=2027, month=1, day=1, hour=0),
        moment().now.replace(year=2027, month=1, day=21, hour=0),
    ]
    assert tells_time(at_least(10), known.scores)
    assert not tells_time(at_least(10), compiled([POINTS], catalogue(term(leaf("mrr", ">", 1), 5))))


def refused(terms: Json, *beside: Field) -> set[tuple[str, Code]]:
    reading = Reading()
    parsed = parse_terms(terms, reading, "/score")
    of = catalogue().with_field(replace(score(), score=parsed))
    for entry in beside:
        of = of.with_field(entry)
    read_conditions(of.fields[POINTS], of, reading, "/score")
    return {(error.pointer, error.code) for error in reading.errors}


@pytest.mark.parametrize(
    ("terms", "pointer", "code"),
    [
        ({}, "/score", Code.VALUE_NOT_FOR_TYPE),
        ([], "/score", Code.VALUE_NOT_FOR_TYPE),
        ([term({"always": True}, 1)] * 101, "/score", Code.TOO_MANY),
        (["mrr"], "/score/0", Code.VALUE_NOT_FOR_TYPE),
        ([{"when": {"always": True}}], "/score/0/points", Code.MISSING_KEY),
        ([{"points": 1}], "/score/0/when", Code.MISSING_KEY),
        ([{**term({"always": True}, 1), "weight": 2}], "/score/0/weight", Code.UNKNOWN_KEY),
        ([term({"always": True}, "1.00001")], "/score/0/points", Code.VALUE_NOT_FOR_TYPE),
        ([term({"always": True}, None)], "/score/0/points", Code.VALUE_NOT_FOR_TYPE),
        ([term(None, 1)], "/score/0/when", Code.VALUE_NOT_FOR_TYPE),
        ([term({"always": True}, 1), term(leaf("color", "=", "red"), 1)], "/score/1/when/field", Code.UNKNOWN_FIELD),
        ([term(leaf("tier", "=", "tier-1"), 1)], "/score/0/when/field", Code.READS_ITSELF),
        ([term(leaf("points", ">", 1), 1)], "/score/0/when/field", Code.READS_ITSELF),
        ([term(leaf("other_points", ">", 1), 1)], "/score/0/when/field", Code.READS_ITSELF),
        (
            [term(leaf("seats", ">", {"field": "other_points"}), 1)],
            "/score/0/when/value/field",
            Code.READS_ITSELF,
        ),
        ([term({"all": [leaf("mrr", ">", 1)] * 300}, 1)] * 2, "/score", Code.TOO_MANY),
    ],
)
def test_a_score_that_can_t_be_is_refused(terms: Json, pointer: str, code: Code) -> None:
    assert (pointer, code) in refused(terms, score(term({"always": True}, 1), name=OTHER))


def test_the_largest_score_is_taken() -> None:
    assert refused([term({"all": [leaf("mrr", ">", 1)] * 5}, 1)] * 100) == set()


def test_terms_survive_the_round_trip() -> None:
    terms: list[Json] = [term(leaf("mrr", ">=", "10.50"), -3), term({"always": True}, "0.5")]
    parsed = parse_terms(terms, Reading(), "/score")
    assert parsed == (ScoreTerm(leaf("mrr", ">=", "10.50"), -30_000), ScoreTerm({"always": True}, 5_000))
    assert terms_to_json(parsed) == terms
