"""A leaf and the value it saw, in words."""

import pytest

from shared.accounts.values import Json
from shared.rules.wording import asked_words, ground_words, grounds, value_words
from shared.rules.wording_values import grouped
from tests.unit.rules.documents import FIELDS, facts, leaf, parse
from tests.unit.rules.past import Entries, past_facts

RENEWS: dict[str, Json] = {"renewal_date": "2026-12-31", "customer_since": "2020-01-31"}
SINCE: Json = {"field": "customer_since"}
AT_SIX = "2026-11-22T06:00:00Z"
LOGIN: dict[str, Json] = {"last_login_at": AT_SIX}


def said(document: Json, **given: Json) -> str:
    seen = facts(given)
    (ground,) = grounds(parse(document), seen)
    words = ground_words(ground, seen, lambda name: FIELDS.field(name).label)
    return f"{value_words(ground.leaf, seen)}: {words}"


@pytest.mark.parametrize(
    ("document", "given", "words"),
    [
        (leaf("mrr", ">=", 1000), {"mrr": 640}, "640.00: below 1000"),
        (leaf("mrr", ">=", "500.50"), {"mrr": 640}, "640.00: at least 500.50"),
        (leaf("mrr", ">", 640), {"mrr": 640}, "640.00: not above 640"),
        (leaf("mrr", "<", 640), {"mrr": 640}, "640.00: at least 640"),
        (leaf("mrr", "<=", 640), {"mrr": 641}, "641.00: above 640"),
        (leaf("seats", "=", 3), {"seats": 3}, "3: as asked"),
        (leaf("seats", "!=", 3), {"seats": 3}, "3: must not be 3"),
        (leaf("plan", "=", "pro"), {"plan": "free"}, "free: not pro"),
        (leaf("plan", "in", list("abcde")), {"plan": "x"}, "x: none of a, b, c and 2 more"),
        (leaf("plan", "not_in", ["a"]), {"plan": ""}, "empty: none of a"),
        (leaf("plan", "contains", "r"), {"plan": "pro"}, "pro: contains r"),
        (leaf("plan", "present"), {"plan": "pro"}, "pro: known"),
        (leaf("plan", "missing"), {"plan": "pro"}, "pro: known"),
        (leaf("strategic", "=", True), {"strategic": False}, "no: not yes"),
        (leaf("products", "has_all", ["a", "b"]), {"products": ["a"]}, "a: has not all of a, b"),
        (leaf("products", "size_at_least", 2), {"products": []}, "empty: size below 2"),
        (
            leaf("seats_used", ">=", {"field": "seats", "times": "0.9"}),
            {"seats": 30, "seats_used": 27},
            "27: at least 0.9 times Seats (27)",
        ),
        (leaf("mrr", "<", {"field": "acv"}), {"mrr": 1}, "1.00: at least ACV (not known)"),
        (leaf("renewal_date", "within_next", "90d"), RENEWS, "2026-12-31: within the next 90 days"),
        (leaf("renewal_date", "within_next", "30d"), RENEWS, "2026-12-31: not within the next 30 days"),
        (leaf("renewal_date", "within_last", "1d"), RENEWS, "2026-12-31: not within the last 1 day"),
        (leaf("renewal_date", "beyond_next", "30d"), RENEWS, "2026-12-31: more than 30 days ahead"),
        (leaf("renewal_date", "beyond_last", "30d"), RENEWS, "2026-12-31: not more than 30 days ago"),
        (leaf("last_login_at", "within_last", "36h"), LOGIN, f"{AT_SIX}: within the last 36 hours"),
        (leaf("last_login_at", "beyond_last", "090m"), LOGIN, f"{AT_SIX}: not more than 90 minutes ago"),
        (leaf("renewal_date", ">=", "today+30d"), RENEWS, "2026-12-31: on or after today+30d (2026-12-22)"),
        (leaf("renewal_date", "<", "today"), RENEWS, "2026-12-31: not before today (2026-11-22)"),
        (leaf("renewal_date", "=", "today+39d"), RENEWS, "2026-12-31: equal to today+39d (2026-12-31)"),
        (leaf("renewal_date", "!=", "2026-12-31"), RENEWS, "2026-12-31: must not be 2026-12-31"),
        (leaf("renewal_date", "=", "2026-12-31"), RENEWS, "2026-12-31: as asked"),
        (leaf("renewal_date", "<=", "2026-12-01"), RENEWS, "2026-12-31: after 2026-12-01"),
        (leaf("renewal_date", ">", SINCE), RENEWS, "2026-12-31: after Customer since (2020-01-31)"),
        (leaf("last_login_at", ">", {"field": "last_touch_at"}), LOGIN, f"{AT_SIX}: not after Last touch (not known)"),
        (leaf("last_login_at", "<", "now-7d"), LOGIN, f"{AT_SIX}: not before now-7d (2026-11-15T07:00:00Z)"),
    ],
)
def test_a_leaf_is_said_of_its_value(document: Json, given: dict[str, Json], words: str) -> None:
    assert said(document, **given) == words


DROP: Entries = [(100, 2000), (40, 1250), (10, 640)]
FREE: Entries = [(40, "pro"), (10, "free")]
WEEKS: dict[str, Json] = {"window": {"fn": "avg", "of": "14d"}}


@pytest.mark.parametrize(
    ("document", "of", "words"),
    [
        (
            {**leaf("mrr", "dropped_by_pct", 20), "over": "30d"},
            DROP,
            "640.00: dropped by 48.8 % in 30 days (from 1,250.00), asked at least 20 %",
        ),
        (leaf("mrr", "dropped_by", 1000), DROP, "640.00: dropped by 610.00 (from 1,250.00), asked at least 1,000"),
        (leaf("mrr", "dropped_by", "0.50"), DROP, "640.00: dropped by 610.00 (from 1,250.00), asked at least 0.50"),
        (
            {**leaf("mrr", "rose_by", 5), "over": "36h"},
            DROP,
            "640.00: did not rise in 36 hours (from 640.00), asked at least 5",
        ),
        (
            leaf("mrr", "dropped_by_pct", 20),
            [(9, "100.00"), (5, "80.01")],
            "80.01: dropped by 19.9 % (from 100.00), asked at least 20 %",
        ),
        (
            leaf("mrr", "dropped_by_pct", "19.995"),
            [(9, "100.00"), (5, "80.01")],
            "80.01: dropped by 19.99 % (from 100.00), asked at least 19.995 %",
        ),
        (
            leaf("mrr", "rose_by_pct", 5),
            [(9, 0), (5, 7)],
            "7.00: rose (from 0.00, which has no percentage), asked at least 5 %",
        ),
        (leaf("mrr", "rose_by", 5), [(9, 7)], "7.00: not known to have risen, asked at least 5"),
        (leaf("mrr", "dropped_by", 5), [(9, 7)], "7.00: not known to have dropped, asked at least 5"),
        (
            {**leaf("mrr", "dropped_by", 5), "over": "20d", **WEEKS},
            DROP,
            "640.00: average over 14 days not known to have dropped in 20 days, asked at least 5",
        ),
        (
            {**leaf("mrr", "dropped_by", 5), **WEEKS},
            [(12, 1250), (10, 640), (5, 640), (1, 600)],
            "600.00: average over 14 days dropped by 60.83 (from 843.33 to 782.50), asked at least 5",
        ),
        ({**leaf("mrr", ">=", 1000), **WEEKS}, DROP, "640.00: average over 14 days 640.00 below 1000"),
        ({**leaf("mrr", ">", 9), **WEEKS}, [(5, 1234)], "1234.00: average over 14 days 1234.00 above 9"),
        ({**leaf("mrr", "=", 640), **WEEKS}, DROP, "640.00: average over 14 days 640.00 equal to 640"),
        (
            {**leaf("mrr", "<", 5), "window": {"fn": "min", "of": "1h"}},
            DROP,
            "640.00: lowest of 1 hour not known",
        ),
        (leaf("plan", "changed_from", "pro"), FREE, "free: changed from pro"),
        (leaf("plan", "changed_from", "x"), FREE, "free: not changed from x"),
        ({**leaf("plan", "changed_to", "free"), "over": "30d"}, FREE, "free: changed from pro in 30 days"),
        (leaf("plan", "changed_to", "pro"), FREE, "free: not changed to pro"),
        (leaf("plan", "changed_to", ""), [(9, "x"), (5, "")], "empty: changed from x"),
        (leaf("plan", "changed"), FREE, "free: changed"),
        ({**leaf("plan", "changed"), "over": "5d"}, FREE, "free: not changed in 5 days"),
        (leaf("plan", "same_for", "10d"), FREE, "free: unchanged for 10 days"),
        (leaf("plan", "same_for", "45d"), FREE, "free: unchanged for less than 45 days"),
    ],
)
def test_a_change_is_said_with_what_was_before(document: dict[str, Json], of: Entries, words: str) -> None:
    (ground,) = grounds(parse(document), known := past_facts(str(document["field"]), of))
    assert f"{value_words(ground.leaf, known)}: {ground_words(ground, known, str)}" == words


def test_without_a_history_no_change_is_said() -> None:
    assert said(leaf("plan", "changed"), plan="pro") == "pro: no history known"


@pytest.mark.parametrize(
    ("document", "met", "words"),
    [
        (
            {**leaf("mrr", "dropped_by_pct", 20), "over": "30d", **WEEKS},
            True,
            "average over 14 days dropped by at least 20 % in 30 days",
        ),
        (leaf("mrr", "rose_by", 1000), False, "not risen by at least 1,000"),
        ({**leaf("mrr", ">=", 1000), **WEEKS}, True, "average over 14 days at least 1,000.00"),
        ({**leaf("mrr", ">=", {"field": "acv"}), **WEEKS}, False, "average over 14 days below acv (not known)"),
        (leaf("plan", "changed_to", "pro"), True, "changed to pro"),
        (leaf("plan", "changed"), False, "not changed"),
        (leaf("plan", "same_for", "90m"), True, "unchanged for 90 minutes"),
    ],
)
def test_what_is_asked_of_the_past_is_said_apart(document: Json, met: bool, words: str) -> None:  # noqa: FBT001 - as parametrized
    (ground,) = grounds(parse(document), facts({}))
    assert asked_words(ground.leaf, facts({}), str, met=met) == words


def test_a_long_text_is_cut() -> None:
    assert said(leaf("plan", "=", "y"), plan="x" * 999) == f"{'x' * 59}…: not y"


@pytest.mark.parametrize(
    ("document", "met", "words"),
    [
        (leaf("mrr", ">=", 1000), True, "at least 1,000.00"),
        (leaf("mrr", ">=", -1000), False, "below -1,000.00"),
        (leaf("mrr", "present"), True, "known"),
        (leaf("mrr", "present"), False, "not known"),
        (leaf("mrr", "missing"), True, "not known"),
        (leaf("plan", "=", "pro"), True, "equal to pro"),
        (leaf("renewal_date", "within_next", "90d"), True, "within the next 90 days"),
        (leaf("renewal_date", "within_next", "90d"), False, "not within the next 90 days"),
        (leaf("renewal_date", "<", "2027-01-01"), True, "before 2027-01-01"),
        (leaf("last_login_at", ">", "now-7d"), True, "after now-7d (2026-11-15T07:00:00Z)"),
    ],
)
def test_what_is_asked_is_said_apart(document: Json, met: bool, words: str) -> None:  # noqa: FBT001 - as parametrized
    (ground,) = grounds(parse(document), facts({}))
    assert asked_words(ground.leaf, facts({}), str, met=met) == words


def test_thousands_are_set_apart() -> None:
    assert [grouped(amount) for amount in ("0.01", "-0.50", "1234567.89", "1000")] == [
        "0.01",
        "-0.50",
        "1,234,567.89",
        "1,000",
    ]
