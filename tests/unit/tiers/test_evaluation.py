"""Trial evaluation: a decision, or a condition, on an account that the body describes."""

from datetime import datetime

import pytest

from shared.accounts.values import Json
from shared.rules.errors import Code
from shared.tiers.evaluation import evaluate
from tests.support.builders import NOW
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule, rulebook
from tests.unit.tiers.trials import FELL, IN_TIER_1, TO_NEW_YEAR, answer, met, refused


def test_only_the_account_is_needed() -> None:
    decision = answer({})
    assert (decision["tier"], decision["policy_version"], decision["account_id"]) == ("tier-3", 7, "")
    assert decision["decided_at"] == "2026-11-22T07:00:00Z"


def test_all_that_the_body_says_of_the_account_counts() -> None:
    decision = answer(
        {
            "id": "acme",
            "fields": {"mrr": "640.00", "plan": None},
            "history": {"mrr": [["2026-09-01T00:00:00Z", "1200.00"], ["2026-11-20T00:00:00Z", "640.00"]]},
            "last_known": {"seats": 12},
            "tier": IN_TIER_1,
            "pending": {"tier": "tier-2", "since": "2026-11-20T00:00:00Z"},
            "synced_tier": None,
            "override": TO_NEW_YEAR,
        },
        now=NOW,
        time_zone="Europe/Berlin",
        sources={"recurly": {"stale_at": "2026-11-22T09:00:00Z", "interval": "1h"}},
    )
    assert (decision["tier"], decision["previous_tier"], decision["status"]) == ("tier-1", "tier-1", "unchanged")
    assert decision["method"] == "manual"
    assert decision["shadow"] == {"rules": "tier-2", "synced": None}
    assert decision["next_review_at"] == "2027-01-01T00:00:00Z"


def test_the_moment_may_be_given() -> None:
    body: dict[str, Json] = {"account": {"override": TO_NEW_YEAR}, "now": "2027-01-01T01:00:00+01:00"}
    decision = evaluate(body, rulebook(), NOW)
    assert (decision["decided_at"], decision["method"]) == ("2027-01-01T00:00:00Z", "rules")


RENEWING = policy(rule("renewing", "tier-1", leaf("renewal_date", "=", "today")))


@pytest.mark.parametrize(
    ("zone", "tier", "review"),
    [
        ("Pacific/Kiritimati", "tier-1", "2026-12-31T10:00:00Z"),
        ("UTC", "tier-3", "2026-12-31T00:00:00Z"),
        ("Pacific/Pago_Pago", "tier-3", "2026-12-31T11:00:00Z"),
    ],
)
def test_today_is_that_of_the_time_zone_in_the_body(zone: str, tier: str, review: str) -> None:
    renewing: Json = {"fields": {"renewal_date": "2026-12-31"}}
    now = datetime.fromisoformat("2026-12-30T23:59:59Z")
    decision = answer(renewing, now, policy=RENEWING, time_zone=zone)
    assert (decision["tier"], decision["next_review_at"]) == (tier, review)


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("far", ["", "+3650d", "-3650d"])
def test_any_moment_of_the_calendar_can_be_tried(now: str, zone: str, day: str, far: str) -> None:
    known: Json = {"fields": {"renewal_date": day, "last_login_at": f"{day}T00:00:00Z"}}
    for when in (leaf("renewal_date", "<", f"today{far}"), leaf("last_login_at", "<", f"now{far}")):
        moment: dict[str, Json] = {"account": known, "now": now, "time_zone": zone}
        decision = evaluate({**moment, "policy": policy(rule("due", "tier-1", when))}, rulebook(), NOW)
        assert str(when["value"]) in str(decision["why"])
        matched = evaluate({**moment, "condition": when}, rulebook(), NOW)["matched"]
        assert matched is (decision["tier"] == "tier-1")


def test_a_policy_in_the_body_has_no_version() -> None:
    decision = answer({"fields": {"seats": 5}}, policy=policy(rule("some", "tier-1", leaf("seats", ">", 4))))
    assert (decision["tier"], decision["rule"], decision["policy_version"]) == ("tier-1", "some", None)


def test_fields_and_tiers_in_the_body_take_the_place_of_the_published() -> None:
    decision = answer(
        {"fields": {"size": "l"}, "synced_tier": "Silver"},
        fields=[{"name": "size", "type": "enum", "options": ["s", "l"]}],
        tiers=[{"id": "b", "name": "Silver", "rank": 2}, {"id": "a", "name": "Gold", "rank": 1}],
        policy={"rules": [rule("large", "a", leaf("size", "=", "l"))], "precedence": ["rules", "synced"]},
    )
    assert (decision["tier"], decision["shadow"]) == ("a", {"synced": "b"})
    assert decision["why"] == "size is l (rule large)."


def test_arr_is_twelve_times_mrr_where_it_is_not_given() -> None:
    by_arr = policy(rule("large", "tier-1", leaf("arr", ">=", 12_000)))
    assert answer({"fields": {"mrr": 1000}}, policy=by_arr)["tier"] == "tier-1"
    assert answer({"fields": {"mrr": 1000, "arr": 5}}, policy=by_arr)["tier"] == "tier-3"


@pytest.mark.parametrize("once", [{"last_known": {"mrr": 5}}, {"history": {"mrr": [["2026-09-01T00:00:00Z", 5]]}}])
def test_what_was_known_once_is_no_missing_requirement(once: dict[str, Json]) -> None:
    requires_mrr = policy(requires=["mrr"])
    assert answer({}, policy=requires_mrr)["hold"] == "missing_data"
    assert answer(once, policy=requires_mrr)["tier"] == "tier-3"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ([], [("", Code.VALUE_NOT_FOR_TYPE)]),
        ({}, [("/account", Code.MISSING_KEY)]),
        ({"account": {}, "alert_rule": {}}, [("/alert_rule", Code.UNKNOWN_KEY)]),
        ({"account": {}, "policy": {"rules": []}, "condition": {"always": True}}, [("/condition", Code.UNKNOWN_KEY)]),
        ({"account": {}, "now": "yesterday"}, [("/now", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {}, "time_zone": "Mars/Olympus"}, [("/time_zone", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {}, "time_zone": "../etc/passwd"}, [("/time_zone", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {}, "time_zone": ""}, [("/time_zone", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {}, "time_zone": 7}, [("/time_zone", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {}, "condition": leaf("renewal_date", "<", "today+1h")}, [
            ("/condition/value", Code.BAD_DURATION),
        ]),
        ({"account": {}, "condition": leaf("renewal_date", "within_next", "0d")}, [
            ("/condition/value", Code.BAD_DURATION),
        ]),
        ({"account": {}, "policy": policy(rule("r", None, leaf("last_login_at", ">", "today")))}, [
            ("/policy/rules/0/when/value", Code.VALUE_NOT_FOR_TYPE),
        ]),
        ({"account": {}, "sources": []}, [("/sources", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {"name": "Acme"}}, [("/account/name", Code.UNKNOWN_KEY)]),
        ({"account": {"fields": {"mmr": 1}}}, [("/account/fields/mmr", Code.UNKNOWN_FIELD)]),
        ({"account": {"fields": {"mrr": "much"}}}, [("/account/fields/mrr", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {"fields": []}}, [("/account/fields", Code.VALUE_NOT_FOR_TYPE)]),
        (
            {"account": {"fields": {"mrr": 1}, "history": {"mrr": [["2026-09-01T00:00:00Z", 2]]}}},
            [("/account/history/mrr", Code.VALUE_NOT_FOR_TYPE)],
        ),
        ({"account": {"history": {"mrr": [[5, 2, 1]]}}}, [("/account/history/mrr/0", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {"history": {"mrr": [["soon", 2]]}}}, [("/account/history/mrr/0/0", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {"tier": "tier-1"}}, [("/account/tier", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {"tier": {"id": "x", "method": "magic"}}}, [("/account/tier/method", Code.NOT_IN_OPTIONS)]),
        ({"account": {"pending": {}}}, [
            ("/account/pending/tier", Code.MISSING_KEY),
            ("/account/pending/since", Code.MISSING_KEY),
        ]),
        ({"account": {"override": {"tier": "tier-9"}}}, [("/account/override/tier", Code.UNKNOWN_TIER)]),
        ({"account": {"override": {"tier": "tier-1", "expires_at": "later"}}}, [
            ("/account/override/expires_at", Code.VALUE_NOT_FOR_TYPE),
        ]),
        ({"account": {}, "condition": leaf("mmr", ">", 1)}, [("/condition/field", Code.UNKNOWN_FIELD)]),
        ({"account": {}, "policy": {"rules": [], "otherwise": "x"}}, [("/policy/otherwise", Code.UNKNOWN_TIER)]),
        ({"account": {}, "tiers": [{"id": "a", "name": "A"}, 5]}, [("/tiers/1", Code.VALUE_NOT_FOR_TYPE)]),
        ({"account": {}, "fields": [{"name": "tier", "type": "enum"}]}, [
            ("/fields/0/name", Code.DUPLICATE_ID),
            ("/fields/0/options", Code.MISSING_KEY),
        ]),
    ],
)  # fmt: skip
def test_each_error_stands_at_its_place_in_the_body(body: Json, errors: list[tuple[str, Code]]) -> None:
    assert refused(body) == errors


@pytest.mark.parametrize(
    ("account", "errors"),
    [
        (
            {
                "history": {
                    "mrr": [["2026-11-20T00:00:01Z", 5], ["2026-11-20T00:00:00Z", 6], ["2026-11-19T00:00:00Z", 7]]
                }
            },
            ["/account/history/mrr/1/0", "/account/history/mrr/2/0"],
        ),
        ({"fields": {"mrr": 7}, "history": FELL}, ["/account/history/mrr"]),
        ({"last_known": {"mrr": 7}, "history": FELL}, ["/account/history/mrr"]),
        ({"fields": {"mrr": 7}, "history": {"mrr": [["2026-11-20T00:00:00Z", "x"]]}}, ["/account/history/mrr/0/1"]),
    ],
)
def test_a_history_is_in_order_and_ends_with_the_present_value(account: Json, errors: list[str]) -> None:
    assert refused({"account": account}) == [(pointer, Code.VALUE_NOT_FOR_TYPE) for pointer in errors]


def test_equal_times_and_equal_neighbours_are_a_history_too() -> None:
    at = "2026-11-20T00:00:00Z"
    account: Json = {"fields": {"mrr": 6}, "history": {"mrr": [[at, 5], [at, 6], [at, 6]]}}
    assert met(leaf("mrr", "rose_by", 1), account)[0]


def test_an_empty_history_says_nothing() -> None:
    assert answer({"history": {"mrr": []}}, policy=policy(requires=["mrr"]))["hold"] == "missing_data"


WAITS: Json = policy(stability={"demote_after": "14d"})
ACME: dict[str, Json] = {
    "id": "acme",
    "fields": {"mrr": "640.00"},
    "tier": {"id": "tier-1", "method": "rules", "rule": "high", "since": "2026-09-01T00:00:00Z"},
}


def test_what_is_pending_goes_on() -> None:
    pending: Json = {"tier": "tier-3", "since": "2026-11-20T00:00:00Z"}
    decision = answer({**ACME, "pending": pending}, policy=WAITS)
    assert decision["pending"] == {"tier": "tier-2", "since": "2026-11-20T00:00:00Z"}
    assert (decision["hold"], decision["effective_at"]) == ("demote_after", "2026-12-04T00:00:00Z")
    assert decision["next_review_at"] == "2026-12-04T00:00:00Z"


def test_a_stale_source_is_an_input() -> None:
    sources: Json = {"recurly": {"stale_at": "2026-11-22T07:00:00Z", "interval": "1h"}}
    decision = answer(ACME, sources=sources)
    assert (decision["tier"], decision["hold"]) == ("tier-1", "stale_source")
    assert decision["next_review_at"] == "2026-11-22T08:00:00Z"
    fresh: Json = {"recurly": {"stale_at": "2026-11-22T07:00:01Z", "interval": "1h"}}
    assert answer(ACME, sources=fresh)["tier"] == "tier-2"


def test_a_value_is_given_by_the_first_stated_source_of_its_field() -> None:
    sources: Json = {
        "stripe": {"stale_at": "2026-11-22T07:00:00Z", "interval": "1h"},
        "recurly": {"stale_at": "2026-11-23T07:00:00Z", "interval": "1h"},
    }
    assert answer(ACME, sources=sources)["tier"] == "tier-2"


@pytest.mark.parametrize(
    ("sources", "pointer", "code"),
    [
        ([], "/sources", Code.VALUE_NOT_FOR_TYPE),
        ({"a/b": 1}, "/sources/a~1b", Code.VALUE_NOT_FOR_TYPE),
        ({"crm": {"stale_at": "2026-11-22T07:00:00Z"}}, "/sources/crm/interval", Code.MISSING_KEY),
        ({"crm": {"stale_at": 5, "interval": "1h"}}, "/sources/crm/stale_at", Code.VALUE_NOT_FOR_TYPE),
        ({"crm": {"stale_at": "2026-11-22T07:00:00Z", "interval": "0h"}}, "/sources/crm/interval", Code.BAD_DURATION),
        ({str(number): {} for number in range(101)}, "/sources", Code.TOO_MANY),
    ],
)
def test_sources_are_refused_where_they_are_wrong(sources: Json, pointer: str, code: Code) -> None:
    assert (pointer, code) in refused({"account": ACME, "sources": sources})


def test_a_pending_tier_is_one_of_the_tiers() -> None:
    pending: Json = {"tier": "gold", "since": "2026-11-20T00:00:00Z"}
    assert refused({"account": {**ACME, "pending": pending}}) == [("/account/pending/tier", Code.UNKNOWN_TIER)]
