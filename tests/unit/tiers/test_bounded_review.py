"""However much of a policy tells time, deciding by it takes a bounded number of steps, and misses nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.account import Account
from shared.accounts.days import Days, Run
from shared.accounts.history import History
from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, Json
from shared.rules.moment import seconds_of
from shared.tiers.engine import decide
from shared.tiers.evaluation import evaluate
from shared.tiers.rulebook import Rulebook
from tests.support.builders import NOW, account
from tests.support.steps import counted
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule, rulebook
from tests.unit.tiers.test_scores import rulebook as rulebook_of_scores

MRR = FieldName("mrr")
TODAY = NOW.date().toordinal()
MOST_STEPS = 10_000_000

DAYS = Days(tuple(Run(TODAY - 399 + day, 1, (100 + day % 2) * SCALE) for day in range(400)))
BY_DAY = History(((seconds_of(NOW - timedelta(days=399)), 100 * SCALE), (seconds_of(NOW), 101 * SCALE)), days=DAYS)
CHANGES = History(
    tuple((seconds_of(NOW - timedelta(days=7 * (39 - week))), (100 + week % 2) * SCALE) for week in range(40))
)


def known(history: History) -> Account:
    return replace(account(mrr=101, tier="tier-1"), histories={MRR: history})


def wide(document: Json, leaves: int, **parts: Json) -> dict[str, Json]:
    rules = [rule(f"r{index}", "tier-1", {"any": [document] * 50}) for index in range(leaves // 50)]
    return {**policy(*rules), **parts}


AVERAGE: dict[str, Json] = {**leaf("mrr", ">", 10**6), "window": {"fn": "avg", "of": "200d"}}
RISE: dict[str, Json] = {**leaf("mrr", "rose_by", 10**6), "over": "300d"}
OF_SCORE: dict[str, Json] = leaf("value_score", ">", 400)
TERMS: list[Json] = [{"when": {"any": [RISE] * 5}, "points": 1} for _ in range(100)]


@pytest.mark.parametrize(
    ("book", "of"),
    [
        (rulebook(wide(AVERAGE, 1_000)), known(BY_DAY)),
        (rulebook(wide(RISE, 3_500)), known(CHANGES)),
        (rulebook_of_scores(wide(OF_SCORE, 4_000), TERMS), known(CHANGES)),
        (rulebook(wide(AVERAGE, 1_000, stability={"demote_margin_pct": 5, "demote_after": "14d"})), known(BY_DAY)),
    ],
    ids=["windows", "changes", "scores", "a held demotion"],
)
def test_the_widest_policies_decide_in_a_bounded_number_of_steps(book: Rulebook, of: Account) -> None:
    decide(account(), book, NOW)  # compiles the policy
    with counted() as steps:
        decision = decide(of, book, NOW)
    assert steps.taken < MOST_STEPS
    assert decision.next_review_at is None or decision.next_review_at > NOW


def test_a_condition_by_itself_is_bounded_too() -> None:
    hours: list[Json] = [[(NOW - timedelta(hours=999 - hour)).isoformat(), 100 + hour % 2] for hour in range(1_000)]
    asked: Json = {
        "account": {"fields": {"mrr": 101}, "history": {"mrr": hours}},
        "condition": {"any": [AVERAGE] * 500},
    }
    with counted() as steps:
        answer = evaluate(asked, rulebook(), NOW)
    assert steps.taken < MOST_STEPS
    assert answer["next_review_at"] is not None


def test_where_not_all_is_looked_at_it_is_looked_at_again_before_anything_turns() -> None:
    few = {**leaf("mrr", "<", 100), "window": {"fn": "min", "of": "399d"}}
    document = {**policy(rule("never", "tier-1", {"any": [AVERAGE] * 400}), rule("later", "tier-2", few))}
    asked = known(BY_DAY)
    alone = decide(asked, rulebook(policy(rule("later", "tier-2", few))), NOW).next_review_at
    decision = decide(asked, rulebook(document), NOW)
    assert decision.next_review_at is not None
    assert alone is None or decision.next_review_at <= alone
