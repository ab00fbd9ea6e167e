"""Scores decide as any field does: at the decision's moment, traced, told, and reviewed where a term of them turns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import SourceName
from shared.accounts.standing import Hold
from shared.accounts.values import Json
from shared.configuration.fields_document import parse_fields
from shared.rules.errors import Code, DocumentRefused
from shared.tiers.decision import Decision
from shared.tiers.engine import decide
from shared.tiers.evaluation import evaluate
from shared.tiers.freshness import Freshness
from shared.tiers.lint import lint
from shared.tiers.model import FRESH
from shared.tiers.policy_document import parse_policy
from shared.tiers.rulebook import Rulebook
from shared.tiers.shortfall import shortfall
from tests.support.builders import CATALOGUE, NOW, account
from tests.unit.rules import oracle, strategies
from tests.unit.rules.documents import leaf, values
from tests.unit.rules.oracle import Scene
from tests.unit.tiers.builders import policy, rule
from tests.unit.tiers.test_stability import once_known

MICROSECOND = timedelta(microseconds=1)
YEARS = timedelta(days=365 * 25)
FIELDS = ("renewal_date", "last_login_at", "strategic")
VALUE_SCORE: list[Json] = [
    {"when": leaf("mrr", ">=", 1000), "points": 40},
    {"when": leaf("seats", ">=", 50), "points": 30},
    {"when": leaf("payment_status", "=", "failed"), "points": -20},
    {"when": leaf("renewal_date", "within_next", "90d"), "points": 10},
]
BY_SCORE = policy(
    rule("high", "tier-1", leaf("value_score", ">=", 60)), rule("mid", "tier-2", leaf("value_score", ">=", 40))
)


def catalogue(terms: Json, name: str = "value_score") -> Catalogue:
    entry: Json = {"name": name, "type": "number", "label": "Value score", "score": terms}
    return parse_fields({"fields": [entry]}, CATALOGUE.currency)


def rulebook(document: Mapping[str, Json] = BY_SCORE, terms: Json = VALUE_SCORE, zone: str = "UTC") -> Rulebook:
    fields = catalogue(terms)
    return Rulebook(parse_policy(document, FRESH, fields), 7, FRESH, fields, zone)


@dataclass(frozen=True)
class Case:
    scene: Scene
    values: dict[str, Any]
    terms: list[tuple[dict[str, Any], int]]
    bounds: list[tuple[str, int, bool]]
    """Of each rule: operator, points, and whether `seats` stand in the place of the bound."""

    @property
    def account(self) -> Account:
        return replace(account(tier="tier-2"), values=values(self.values))

    @property
    def rules(self) -> list[dict[str, Json]]:
        return [
            leaf("value_score", op, bound) if not turned else leaf("seats", op, {"field": "value_score"})
            for op, bound, turned in self.bounds
        ]

    @property
    def rulebook(self) -> Rulebook:
        rules = [rule(f"r{index}", f"tier-{1 + index % 2}", when) for index, when in enumerate(self.rules)]
        return rulebook(
            policy(*rules), [{"when": when, "points": points} for when, points in self.terms], self.scene.zone
        )

    def expected(self, now: datetime) -> tuple[object, ...]:
        """Tier and each traced leaf, from the language's meaning and a sum alone."""
        scene = self.scene._replace(now=now)
        points = sum(worth for when, worth in self.terms if oracle.holds(when, self.values, scene))
        met = []
        for op, bound, turned in self.bounds:
            asked = leaf("mrr", op, str(points if turned else bound))
            met.append(oracle.leaf_holds(asked, {"mrr": self.values["seats"] if turned else str(points)}, scene))
        matched = met.index(True) if True in met else None
        tier = "tier-3" if matched is None else f"tier-{1 + matched % 2}"
        return tier, met if matched is None else met[: matched + 1]


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    scene = draw(strategies.scenes())
    known = draw(strategies.accounts(scene, *FIELDS, *strategies.BESIDE.values()))
    points = st.integers(-3, 5)
    terms = draw(st.lists(st.tuples(strategies.conditions(scene, known, *FIELDS), points), min_size=1, max_size=5))
    most = sum(worth for _, worth in terms)
    known["seats"] = draw(st.none() | st.integers(-2, 6).map(str))
    bound = st.tuples(
        st.sampled_from(strategies.ORDER), st.integers(-1, 1).map(lambda by: most + by) | points, st.booleans()
    )
    return Case(scene, known, terms, draw(st.lists(bound, min_size=1, max_size=4)))


def told(decision: Decision) -> tuple[object, ...]:
    return decision.tier, [found.met for traced in decision.rules for found in traced.conditions]


@given(_cases(), st.lists(st.integers(0, 999_999), max_size=10))
def test_nothing_differs_before_the_next_review_of_a_score_and_something_does_at_it(
    case: Case, between: list[int]
) -> None:
    known, book, now = case.account, case.rulebook, case.scene.now
    decision = decide(known, book, now)
    present = case.expected(now)
    assert told(decision) == present
    review = decision.next_review_at
    until = review or now + YEARS
    assert until > now
    for later in (*(now + (until - now) // 1_000_000 * share for share in between), max(now, until - MICROSECOND)):
        assert case.expected(later) == present
        assert told(decide(known, book, later)) == present
    if review is not None:
        assert case.expected(review) != present
        assert told(decide(known, book, review)) == case.expected(review)


def test_the_trace_and_the_reason_say_the_scores_value() -> None:
    decision = decide(account(mrr=1000, seats=50), rulebook(), NOW)
    assert (decision.tier, decision.why) == ("tier-1", "Value score is 70: at least 60 (rule high).")
    found = decision.rules[0].to_json()["conditions"]
    assert isinstance(found, list)
    assert (found[0]["actual"], found[0]["source"]) == (70, "score")
    assert found[0]["terms"] == [{"pointer": "/score/0", "points": 40}, {"pointer": "/score/1", "points": 30}]


def test_an_account_of_which_nothing_is_known_has_a_score_of_0() -> None:
    decision = decide(account(), rulebook(), NOW)
    assert decision.why == (
        "Value score is 0: below 60 (rule high), below 40 (rule mid). No rule matched: everyone else."
    )


def test_what_is_short_of_the_next_tier_is_told_in_points() -> None:
    found = shortfall(account(mrr=1000, tier="tier-2"), rulebook(), NOW)
    assert found is not None
    assert found.words == "Tier 1: High touch needs Value score at least 60 (20 short)."


def test_a_date_within_a_score_moves_the_account_at_its_midnight() -> None:
    due = account(mrr=1000, seats=1, renewal_date="2027-03-02")
    book = rulebook(policy(rule("high", "tier-1", leaf("value_score", ">=", 50))))
    decision = decide(due, book, NOW)
    assert (decision.tier, decision.next_review_at) == ("tier-3", datetime(2026, 12, 2, tzinfo=UTC))
    assert decide(due, book, datetime(2026, 12, 2, tzinfo=UTC)).tier == "tier-1"


def test_a_score_that_no_rule_reads_decides_nothing() -> None:
    book = rulebook(policy())
    assert book.facts(account(mrr=1000), NOW).values == account(mrr=1000).values


def test_a_policy_can_t_require_a_score() -> None:
    with pytest.raises(DocumentRefused) as refused:
        rulebook({**BY_SCORE, "requires": ["mrr", "value_score"]})
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/requires/1", Code.VALUE_NOT_FOR_TYPE)]


@pytest.mark.parametrize(
    "asked",
    [
        leaf("value_score", "changed"),
        leaf("value_score", "rose_by", 10),
        leaf("value_score", "same_for", "45d"),
        {**leaf("value_score", ">", 10), "window": {"fn": "avg", "of": "7d"}},
    ],
)
def test_no_rule_asks_what_a_score_was_before(asked: Json) -> None:
    with pytest.raises(DocumentRefused) as refused:
        rulebook(policy(rule("r", "tier-1", asked)))
    assert [error.code for error in refused.value.errors] == [Code.OVER_EXCEEDS_HISTORY]


def test_a_score_asks_what_other_fields_were_before_and_turns_as_that_ages() -> None:
    grown: Json = [{"when": {**leaf("mrr", "rose_by", 10), "over": "30d"}, "points": 5}]
    tried: dict[str, Json] = {
        "account": {
            "history": {"mrr": [["2026-09-01T00:00:00Z", 100], ["2026-11-20T00:00:00Z", 200]]},
            "fields": {"mrr": 200},
        },
        "condition": leaf("value_score", "=", 5),
    }
    answer = evaluate(tried, rulebook(policy(), grown), NOW)
    assert (answer["matched"], answer["next_review_at"]) == (True, "2026-12-20T00:00:00Z")


def held(of: Account, book: Rulebook) -> tuple[Hold | None, str]:
    decision = decide(of, book, NOW)
    return decision.hold, decision.why.rpartition("Held")[2]


def test_data_missing_under_a_score_demote_nobody() -> None:
    known = once_known(account(seats=50, tier="tier-1"), mrr=1000)
    assert held(known, rulebook()) == (
        Hold.MISSING_DATA,
        ": MRR (1000.00) is not known now, and its last known value keeps Tier 1: High touch.",
    )


def test_a_score_that_counts_what_is_missing_sees_the_truth_beside_last_known_values() -> None:
    fined: list[Json] = [*VALUE_SCORE, {"when": leaf("mrr", "missing"), "points": -40}]
    known = once_known(account(seats=50, tier="tier-1"), mrr=1000)
    assert decide(known, rulebook(terms=fined), NOW).status == "changed"


def test_stale_data_under_a_score_demote_nobody() -> None:
    stale = {SourceName("recurly"): Freshness(NOW, timedelta(hours=1))}
    hold, _ = held(account(mrr=640, seats=1, tier="tier-1"), replace(rulebook(), sources=stale))
    assert hold is Hold.STALE_SOURCE


def test_a_margin_eases_what_is_asked_of_a_score() -> None:
    near: list[Json] = [{"when": leaf("mrr", ">=", 1000), "points": 57}]
    book = rulebook({**BY_SCORE, "stability": {"demote_margin_pct": 5}}, near)
    assert held(account(mrr=1000, tier="tier-1"), book)[0] is Hold.DEMOTE_MARGIN


def test_a_policy_that_holds_demotions_by_a_score_waits_until_it_turns() -> None:
    when = leaf("value_score", ">=", 10)
    book = rulebook(policy(stability={"hold_demotion_when": when}))
    decision = decide(account(mrr=640, renewal_date="2026-11-23", tier="tier-1"), book, NOW)
    assert (decision.hold, decision.next_review_at) == (Hold.CONDITION, datetime(2026, 11, 24, tzinfo=UTC))


def test_a_score_is_never_missing_to_lint() -> None:
    book = rulebook(policy(rule("low", "tier-2", {"not": leaf("value_score", ">=", 60)})))
    assert lint(book.policy, book) == []


def test_a_trial_evaluation_takes_scores_among_its_fields() -> None:
    fields: Json = [
        {"name": "mrr", "type": "money"},
        {"name": "fit", "type": "number", "label": "Fit", "score": [{"when": leaf("mrr", ">", 5), "points": 7}]},
    ]
    tried: dict[str, Json] = {"fields": fields, "account": {"fields": {"mrr": 6}}}
    decided = evaluate({**tried, "policy": {"rules": [rule("fit", "tier-1", leaf("fit", ">=", 7))]}}, rulebook(), NOW)
    assert (decided["tier"], decided["why"]) == ("tier-1", "Fit is 7: at least 7 (rule fit).")
    asked = evaluate({**tried, "condition": leaf("fit", ">", 7)}, rulebook(policy()), NOW)
    assert asked["matched"] is False


def test_a_condition_outside_of_the_policy_reads_scores_that_no_rule_reads() -> None:
    tried: dict[str, Json] = {
        "account": {"fields": {"mrr": 1000, "renewal_date": "2027-03-02"}},
        "condition": leaf("value_score", ">=", 50),
    }
    answer = evaluate(tried, rulebook(policy()), NOW)
    assert (answer["matched"], answer["next_review_at"]) == (False, "2026-12-02T00:00:00Z")
    (found,) = cast("list[dict[str, object]]", answer["conditions"])
    assert (found["actual"], found["source"]) == (40, "score")


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"account": {"fields": {"value_score": 5}}}, ("/account/fields/value_score", Code.UNKNOWN_KEY)),
        ({"account": {"last_known": {"value_score": 5}}}, ("/account/last_known/value_score", Code.UNKNOWN_KEY)),
        (
            {
                "account": {},
                "fields": [{"name": "a", "type": "money", "score": [{"when": {"always": True}, "points": 1}]}],
            },
            ("/fields/0/type", Code.VALUE_NOT_FOR_TYPE),
        ),
        (
            {
                "account": {},
                "fields": [{"name": "a", "type": "number", "score": [{"when": leaf("b", ">", 1), "points": 1}]}],
            },
            ("/fields/0/score/0/when/field", Code.UNKNOWN_FIELD),
        ),
    ],
)
def test_a_trial_evaluation_says_what_is_wrong_with_scores(document: Json, error: tuple[str, Code]) -> None:
    with pytest.raises(DocumentRefused) as refused:
        evaluate(document, rulebook(), NOW)
    assert error in [(found.pointer, found.code) for found in refused.value.errors]
