"""Figures and names as people read them; names are written by strangers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.catalogue import Catalogue
from shared.why.wording import LONGEST_NAME, Fact, facts, isolated, moment, one_line

CATALOGUE = Catalogue.fresh()


RENEWAL: dict[str, object] = {"field": "renewal_date", "actual": "2026-12-31", "short_by": None}


def finding(**changed: object) -> dict[str, object]:
    return {
        "field": "mrr",
        "op": ">=",
        "expected": "1000.00",
        "actual": "640.00",
        "met": False,
        "short_by": "360.00",
        **changed,
    }


def test_a_condition_shows_what_was_asked_and_what_there_was() -> None:
    assert facts([finding()], CATALOGUE) == [Fact("MRR", "at least 1,000.00", "640.00", met=False, short_by="360.00")]


@pytest.mark.parametrize(
    ("changed", "needed", "value"),
    [
        ({"op": "in", "expected": ["pro", "free"], "actual": "basic"}, "one of pro, free", "basic"),
        ({"op": "=", "expected": True, "actual": False}, "yes", "no"),
        ({"op": "missing", "expected": None, "actual": None}, "no value", "no value"),
        ({"op": "size_at_least", "expected": 2, "actual": ["a"]}, "at least 2 entries", "a"),
        ({"expected": {"field": "seats", "times": "0.9"}}, "at least 0.9 times Seats", "640.00"),
        ({"expected": {"field": "seats"}}, "at least Seats", "640.00"),
        ({"field": "seats", "expected": 12000, "actual": 7}, "at least 12,000", "7"),
        (
            {"field": "plan", "op": "starts_with", "expected": "1000.00", "actual": "1000"},
            "begins with 1000.00",
            "1000",
        ),
        ({"op": "near", "expected": 5}, "near 5", "640.00"),
        ({"op": "changed", "expected": None, "over": "30d"}, "changed in 30 days", "640.00"),
        (
            {"op": "changed_to", "expected": "640.00", "old": "1250.00"},
            "changed to 640.00",
            "640.00 (was 1,250.00)",
        ),
        ({"op": "changed_from", "expected": "5.00", "old": None}, "changed from 5.00", "640.00"),
        ({"op": "same_for", "expected": "45d"}, "unchanged for 45 days", "640.00"),
        (
            {"op": "dropped_by_pct", "expected": "12.5", "old": "1250.00", "over": "36h"},
            "dropped by at least 12.5 % in 36 hours",
            "640.00 (was 1,250.00)",
        ),
        (
            {"op": "rose_by", "old": "600.00", "over": "1d", "window": {"fn": "avg", "of": "7d"}},
            "average over 7 days risen by at least 1,000.00 in 1 day",
            "640.00 (was 600.00)",
        ),
        ({"op": "<", "window": {"fn": "max", "of": "90m"}}, "highest of 90 minutes below 1,000.00", "640.00"),
        ({"op": "<", "window": {"fn": "min", "of": "1h"}}, "lowest of 1 hour below 1,000.00", "640.00"),
        ({"op": "<", "window": {"fn": "sum", "of": "2d"}}, "sum over 2 days below 1,000.00", "640.00"),
        (RENEWAL | {"op": "within_next", "expected": "90d"}, "within the next 90 days", "2026-12-31"),
        (RENEWAL | {"op": "beyond_last", "expected": "1d"}, "more than 1 day ago", "2026-12-31"),
        (RENEWAL | {"op": ">=", "expected": "today+30d"}, "on or after today+30d", "2026-12-31"),
        (RENEWAL | {"op": "<", "expected": "2027-01-01"}, "before 2027-01-01", "2026-12-31"),
        (RENEWAL | {"op": "!=", "expected": "2027-01-01"}, "not 2027-01-01", "2026-12-31"),
    ],
)
def test_every_kind_of_value_is_put_in_words(changed: dict[str, object], needed: str, value: str) -> None:
    (fact,) = facts([finding(**changed)], CATALOGUE)

    assert (fact.needed, fact.value) == (needed, value)


def test_a_field_that_is_gone_shows_its_name() -> None:
    assert facts([finding(field="old_score")], CATALOGUE)[0].label == "old_score"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Acme\r\nBcc: x@example.com", "Acme Bcc: x@example.com"),
        ("Acme\u202egnp.exe", "Acme gnp.exe"),
        ("  Acme \t Inc\x00 ", "Acme Inc"),
        ("Acme\u2028Inc", "Acme Inc"),
        ("👩\u200d💻 Labs", "👩\u200d💻 Labs"),
        ("", ""),
    ],
)
def test_a_name_is_one_harmless_line(name: str, line: str) -> None:
    assert one_line(name) == line


@given(st.text())
def test_no_name_breaks_a_line_or_is_endless(name: str) -> None:
    line = one_line(name)

    assert len(line) <= LONGEST_NAME
    assert len(line.splitlines()) <= 1


def test_right_to_left_names_stay_in_their_place() -> None:
    assert isolated("Acme") == "Acme"
    assert isolated("\u05e9\u05dc\u05d5\u05dd") == "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"


def test_a_moment_is_told_in_the_deployments_time_zone() -> None:
    summer = datetime(2026, 7, 5, 22, 30, tzinfo=UTC)

    assert moment(summer, "UTC") == "5 Jul 2026, 22:30 UTC"
    assert moment(summer, "Europe/Berlin") == "6 Jul 2026, 00:30 CEST"
