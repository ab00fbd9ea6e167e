"""Warnings of a policy that is valid and hardly meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.values import Json
from shared.tiers.lint import lint
from shared.tiers.model import FRESH
from shared.tiers.policy_document import parse_policy
from tests.support.builders import CATALOGUE
from tests.support.steps import counted
from tests.unit.rules.documents import facts, leaf
from tests.unit.tiers.builders import policy, rule, rulebook


def warnings(*conditions: Json, otherwise: str | None = "tier-3") -> list[tuple[str, str]]:
    rules = [rule(f"r{index}", f"tier-{index % 3 + 1}", when) for index, when in enumerate(conditions)]
    found = lint(parse_policy(policy(*rules, otherwise=otherwise), FRESH, CATALOGUE), rulebook())
    return [(warning["code"], warning["pointer"]) for warning in found]


def mrr(op: str, value: Json) -> Json:
    return leaf("mrr", op, value)


PRO = leaf("plan", "=", "pro")
WEEK: dict[str, Json] = {"window": {"fn": "avg", "of": "7d"}}


def test_the_fresh_policy_has_no_warnings() -> None:
    assert lint(rulebook().policy, rulebook()) == []


@pytest.mark.parametrize(
    "conditions",
    [
        [mrr(">=", 500), mrr(">=", 1000)],
        [{"always": True}, PRO],
        [{"always": True}, mrr(">=", 500)],
        [{"any": [mrr(">=", 500), leaf("mrr", "missing")]}, {"all": [mrr(">", 600), PRO]}],
        [mrr("<", 500), {"all": [mrr("<", 100), leaf("mrr", "present")]}],
        [leaf("mrr", "present"), mrr("!=", 5)],
        [PRO, {"all": [mrr(">", 500), mrr("<", 100)]}],
        [PRO, {"not": {"always": True}}],
        [mrr(">", "499.99"), mrr("=", 500)],
        [PRO, {"all": [{"any": [PRO, mrr(">", 5)]}, PRO]}],
        [
            {"all": [PRO, leaf("stage", "in", ["live", "renewal"])]},
            {"all": [leaf("stage", "in", ["renewal", "live"]), PRO]},
        ],
        [{"any": [PRO, leaf("strategic", "=", True)]}, {"any": [PRO, leaf("strategic", "=", True)]}],
    ],
)
def test_a_rule_that_nothing_reaches_is_told(conditions: list[Json]) -> None:
    assert warnings(*conditions) == [("unreachable", "/rules/1")]


@pytest.mark.parametrize(
    "conditions",
    [
        [{"all": [mrr(">=", 500), PRO]}, mrr(">=", 1000)],
        [{"all": [leaf("stage", "present"), PRO]}, PRO],
        [PRO, {"any": [PRO, leaf("stage", "present")]}],
        [mrr(">=", 500), {"any": [mrr(">=", 1000), PRO]}],
        [mrr(">=", 500), mrr("<=", {"field": "acv"})],
        [leaf("mrr", "changed"), mrr(">=", 1000)],
        [leaf("mrr", "rose_by", 0), leaf("mrr", "present")],
        [{**leaf("mrr", ">=", 500), **WEEK}, mrr(">=", 1000)],
        [{"all": [{**leaf("mrr", ">=", 500), **WEEK}, mrr("<", 500)]}, PRO],
        [{"not": mrr(">=", 500)}, leaf("acv", "missing")],
    ],
)
def test_a_rule_that_something_may_reach_is_not_told(conditions: list[Json]) -> None:
    assert "unreachable" not in [code for code, _ in warnings(*conditions)]


def test_a_gap_between_two_steps_is_told_where_everyone_else_has_no_tier() -> None:
    ladder = [mrr(">", 1000), {"all": [mrr("<", 1000), mrr(">=", 500)]}]
    assert warnings(*ladder, otherwise=None) == [("gap", "/rules")]
    assert warnings(*ladder, otherwise="tier-3") == []
    assert warnings(mrr(">=", 1000), {"all": [mrr("<=", "999.99"), mrr(">=", 500)]}, otherwise=None) == []


def test_a_gap_is_told_with_its_figures() -> None:
    rules = [rule("a", "tier-1", mrr(">=", 1000)), rule("b", "tier-2", mrr("<", 500))]
    (warning,) = lint(parse_policy(policy(*rules, otherwise=None), FRESH, CATALOGUE), rulebook())
    assert warning["message"] == "no rule matches where MRR is from 500.00 to 999.99, and everyone else has no tier"


def test_a_gap_of_a_ladder_is_told_beside_other_rules() -> None:
    churned, ladder = leaf("customer_status", "=", "churned"), [mrr(">=", 1000), mrr("<", 500)]
    rules = [rule(f"r{index}", "tier-1", when) for index, when in enumerate([churned, *ladder])]
    (warning,) = lint(parse_policy(policy(*rules, otherwise=None), FRESH, CATALOGUE), rulebook())
    assert (warning["code"], warning["message"]) == (
        "gap",
        "no step matches where MRR is from 500.00 to 999.99, and whoever matches no other rule has no tier",
    )
    assert warnings(churned, *ladder, {"any": [mrr(">=", 500), PRO]}, otherwise=None) == []
    assert warnings(churned, mrr(">=", 1000), {"all": [mrr(">=", 500), PRO]}, otherwise=None) == []


def test_an_overlap_that_is_no_cascade_is_told() -> None:
    low, high = {"all": [mrr(">=", 500), mrr("<", 1000)]}, {"all": [mrr(">=", 900), mrr("<", 2000)]}
    assert warnings(low, high) == [("overlap", "/rules/1/when")]
    assert warnings(mrr(">=", 1000), mrr(">=", 500)) == []


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"not": mrr("<", 1000)}, [("negation_on_missing", "/rules/0/when/not")]),
        ({"all": [PRO, {"not": mrr("<", 1000)}]}, [("negation_on_missing", "/rules/0/when/all/1/not")]),
        ({"not": PRO}, [("negation_on_missing", "/rules/0/when/not")]),
        ({"all": [leaf("mrr", "present"), {"not": mrr("<", 1000)}]}, []),
        ({"all": [mrr("<", 5000), {"not": mrr("<", 1000)}]}, []),
        ({"not": {"not": mrr("<", 1000)}}, []),
        ({"not": leaf("mrr", "missing")}, []),
    ],
)
def test_a_negation_that_holds_on_missing_is_told(condition: Json, told: list[tuple[str, str]]) -> None:
    assert warnings(condition) == told


def nested(leaves: int) -> Json:
    document: Json = {"any": [leaf(name, ">=", number) for number in range(leaves // 4) for name in NUMBERS]}
    for _ in range(17):
        document = {"not": document}
    return document


NUMBERS = ("mrr", "seats", "csat", "nps")


@pytest.mark.parametrize(
    "conditions",
    [
        [nested(500) for _ in range(9)],
        [{"any": [mrr("=", rule * 22 + step) for step in range(22)]} for rule in range(200)],
        [{"all": [leaf(NUMBERS[rule % 4], ">=", rule), mrr("<", 9_000 - rule)]} for rule in range(200)],
    ],
    ids=["negations", "single values", "two ladders"],
)
def test_the_widest_policies_are_linted_in_a_bounded_number_of_steps(conditions: list[Json]) -> None:
    rules = [rule(f"r{index}", f"tier-{index % 3 + 1}", when) for index, when in enumerate(conditions)]
    book = rulebook(policy(*rules, otherwise=None))
    with counted() as steps:
        lint(book.policy, book)
    assert steps.taken < 10_000_000


_CENTS = [None, *(f"{cents / 100:.2f}" for cents in range(-4, 5))]
_on_mrr = st.builds(mrr, st.sampled_from(["=", "!=", ">", ">=", "<", "<="]), st.sampled_from(_CENTS[2:-1]))
_conditions: st.SearchStrategy[Json] = st.recursive(
    _on_mrr | st.sampled_from([leaf("mrr", "missing"), leaf("mrr", "present")]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda members: {"all": members}),
        st.lists(inner, min_size=1, max_size=3).map(lambda members: {"any": members}),
        inner.map(lambda member: {"not": member}),
    ),
    max_leaves=4,
)


@given(st.lists(_conditions, min_size=1, max_size=4))
def test_of_rules_on_one_number_exactly_the_unreachable_are_told(conditions: list[Json]) -> None:
    documents = [rule(f"r{index}", "tier-1", when) for index, when in enumerate(conditions)]
    book = rulebook(policy(*documents, otherwise=None))
    told = {warning["pointer"] for warning in lint(book.policy, book) if warning["code"] == "unreachable"}
    reached = {book.match(facts({"mrr": cents})) for cents in _CENTS}
    assert told == {f"/rules/{index}" for index in range(len(conditions)) if index not in reached}


@given(st.lists(_conditions, min_size=1, max_size=4))
def test_a_gap_is_told_where_one_lies_between_matches(conditions: list[Json]) -> None:
    documents = [rule(f"r{index}", "tier-1", when) for index, when in enumerate(conditions)]
    book = rulebook(policy(*documents, otherwise=None))
    matched = [book.match(facts({"mrr": cents})) is not None for cents in _CENTS[1:]]
    inner = matched[matched.index(True) : len(matched) - matched[::-1].index(True)] if any(matched) else []
    gaps = [warning for warning in lint(book.policy, book) if warning["code"] == "gap"]
    assert bool(gaps) is (False in inner)
