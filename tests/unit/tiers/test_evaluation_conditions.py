"""Trial evaluation of a condition: on the values, the tier and the history that the body describes."""

from datetime import datetime, timedelta

import pytest

from shared.accounts.values import Json
from shared.rules.errors import Code
from shared.tiers.evaluation import evaluate
from tests.support.builders import NOW
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule, rulebook
from tests.unit.tiers.trials import FELL, IN_TIER_1, TO_NEW_YEAR, answer, met, refused


def test_a_condition_is_answered_with_its_leaves() -> None:
    both: Json = {"all": [leaf("mrr", ">=", 1000), leaf("tier", "=", "tier-1")]}
    assert answer({"fields": {"mrr": 640}, "tier": IN_TIER_1}, condition=both) == {
        "matched": False,
        "conditions": [
            {
                "pointer": "/condition/all/0",
                "field": "mrr",
                "op": ">=",
                "expected": "1000.00",
                "actual": "640.00",
                "source": None,
                "met": False,
                "short_by": "360.00",
            },
            {
                "pointer": "/condition/all/1",
                "field": "tier",
                "op": "=",
                "expected": "tier-1",
                "actual": "tier-1",
                "source": None,
                "met": True,
                "short_by": None,
            },
        ],
        "next_review_at": None,
    }


@pytest.mark.parametrize(
    "condition",
    [
        leaf("tier_rank", "=", 1),
        leaf("tier_method", "=", "rules"),
        leaf("days_in_tier", "=", 82),
        leaf("synced_tier", "=", "tier-3"),
        leaf("rules_tier", "in", ["tier-2"]),
        leaf("override_expires_at", "present"),
    ],
)
def test_a_condition_may_read_what_follows_from_the_tier(condition: Json) -> None:
    known: Json = {
        "fields": {"mrr": 640},
        "tier": IN_TIER_1,
        "synced_tier": "Tier 3: Low touch",
        "override": TO_NEW_YEAR,
    }
    assert answer(known, condition=condition)["matched"] is True
    assert answer({}, condition={"all": [condition, leaf("rules_tier", "=", "tier-2")]})["matched"] is False


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        (leaf("days_in_tier", ">", 90), 91),
        (leaf("days_in_tier", ">=", "90.5"), 91),
        (leaf("days_in_tier", "=", 82), 83),
        (leaf("days_in_tier", "<", 30), None),
        (leaf("seats", "<=", {"field": "days_in_tier", "times": 2}), 100),
        (leaf("days_in_tier", ">", {"field": "seats"}), 201),
        (leaf("tier_rank", ">", 1), None),
    ],
)
def test_the_next_review_of_a_condition_is_when_a_leaf_turns(condition: Json, days: int | None) -> None:
    since = datetime.fromisoformat("2026-09-01T00:00:00Z")
    turn = answer({"fields": {"seats": 200}, "tier": IN_TIER_1}, condition=condition)["next_review_at"]
    assert turn == (None if days is None else f"{since + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}")


def test_the_next_review_of_a_condition_on_an_override_is_its_end() -> None:
    present = leaf("override_expires_at", "present")
    assert answer({"override": TO_NEW_YEAR}, condition=present)["next_review_at"] == "2027-01-01T00:00:00Z"
    assert answer({"override": TO_NEW_YEAR}, condition={"always": True})["next_review_at"] is None


@pytest.mark.parametrize(
    ("condition", "turn"),
    [
        (leaf("renewal_date", "within_next", "30d"), "2026-12-01T23:00:00Z"),
        (leaf("renewal_date", "beyond_last", "1d"), "2027-01-02T23:00:00Z"),
        (leaf("renewal_date", "<", {"field": "customer_since"}), None),
        (leaf("last_login_at", "within_last", "90m"), "2026-11-22T08:00:01Z"),
        (leaf("last_login_at", "<", "now-2h"), "2026-11-22T08:30:01Z"),
        (leaf("override_expires_at", "within_next", "7d"), "2026-12-25T00:00:00Z"),
        (leaf("rules_tier", "=", "tier-1"), "2026-12-31T23:00:00Z"),
        (leaf("rules_tier", "=", "tier-2"), None),
    ],
)
def test_the_next_review_of_a_condition_is_when_a_date_or_time_in_it_turns(condition: Json, turn: str | None) -> None:
    body: dict[str, Json] = {
        "account": {
            "fields": {"renewal_date": "2027-01-01", "last_login_at": "2026-11-22T06:30:00Z"},
            "override": {"tier": "tier-1", "expires_at": "2027-01-01T00:00:00Z"},
        },
        "condition": condition,
        "time_zone": "Europe/Berlin",
    }
    book = rulebook(policy(rule("renewing", "tier-1", leaf("renewal_date", "=", "today"))))
    found = evaluate(body, book, NOW)
    assert found["next_review_at"] == turn
    if turn is not None:
        then = datetime.fromisoformat(turn)
        assert evaluate(body, book, then)["matched"] is not found["matched"]
        assert evaluate(body, book, then - timedelta(seconds=1))["matched"] is found["matched"]


def test_conditions_are_asked_of_the_history_in_the_body() -> None:
    fell: Json = {"fields": {"mrr": 640}, "history": FELL}
    dropped = {**leaf("mrr", "dropped_by_pct", "48.8"), "over": "30d"}
    assert met(dropped, fell) == (True, "2026-12-20T00:00:00Z")
    assert met(leaf("mrr", "dropped_by_pct", "48.8001"), fell) == (False, None)
    assert met(leaf("mrr", "same_for", "3d"), fell) == (False, "2026-11-23T00:00:00Z")
    assert met(leaf("mrr", "changed"), {"fields": {"mrr": 640}}) == (False, None)


def test_a_policy_in_the_body_says_what_was_before() -> None:
    falling = policy(rule("falling", "tier-1", {**leaf("mrr", "dropped_by_pct", 20), "over": "30d"}))
    decision = answer({"fields": {"mrr": 640}, "history": FELL}, policy=falling)
    assert (decision["tier"], decision["next_review_at"]) == ("tier-1", "2026-12-20T00:00:00Z")
    said = "MRR is 640.00: dropped by 48.8 % in 30 days (from 1,250.00), asked at least 20 % (rule falling)."
    assert decision["why"] == said


def test_arr_was_twelve_times_what_mrr_was() -> None:
    fell: dict[str, Json] = {"fields": {"mrr": 640}, "history": FELL}
    assert met(leaf("arr", "dropped_by", 7_320), fell)[0]
    assert not met(leaf("arr", "dropped_by", 7_320), {**fell, "fields": {"mrr": 640, "arr": 5}})[0]


def test_what_is_missing_now_has_the_history_that_it_had() -> None:
    once: dict[str, Json] = {"last_known": {"mrr": 640}, "history": FELL}
    assert not met(leaf("mrr", "changed"), once)[0]
    assert answer(once, policy=policy(requires=["mrr"]))["tier"] == "tier-3"


@pytest.mark.parametrize("op", ["changed", "same_for"])
def test_no_history_is_kept_of_the_words_for_tiers(op: str) -> None:
    value: tuple[Json, ...] = ("1d",) if op == "same_for" else ()
    for word in ("tier", "tier_rank", "days_in_tier", "rules_tier"):
        assert refused({"account": {}, "condition": leaf(word, op, *value)}) == [
            ("/condition/op", Code.OVER_EXCEEDS_HISTORY)
        ]


def test_a_window_that_days_in_the_tier_are_compared_with_turns_when_they_come_to_it() -> None:
    seats: list[Json] = [["2026-11-01T00:00:00Z", 90], ["2026-11-20T00:00:00Z", 8]]
    account: Json = {"fields": {"seats": 8}, "history": {"seats": seats}, "tier": IN_TIER_1}
    below: dict[str, Json] = {**leaf("seats", "<", {"field": "days_in_tier"}), "window": {"fn": "max", "of": "60d"}}
    assert met(below, account) == (False, "2026-12-01T00:00:00Z")
    below["window"] = {"fn": "sum", "of": "60d"}
    assert met(below, account) == (False, "2026-12-09T00:00:00Z")
