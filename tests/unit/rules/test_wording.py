"""A leaf and the value it saw, in words."""

import pytest

from shared.accounts.values import Json
from shared.rules.wording import asked_words, ground_words, grounds, grouped, value_words
from tests.unit.rules.documents import FIELDS, facts, leaf, parse

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
