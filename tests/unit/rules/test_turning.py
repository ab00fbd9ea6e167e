"""The next turn of comparisons with the present moment is exact: the language says so on both sides of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shared.rules.trace import leaves
from shared.rules.turning import next_turn
from tests.unit.rules import oracle, strategies
from tests.unit.rules.documents import facts, leaf, moment, parse
from tests.unit.rules.oracle import Scene

MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
YEARS = timedelta(days=365 * 25)

type Leaves = list[dict[str, Any]]


def turn(scene: Scene, account: dict[str, Any], documents: Leaves) -> datetime | None:
    return next_turn([one for document in documents for one in leaves(parse(document))], facts(account, moment(*scene)))


def met(scene: Scene, account: dict[str, Any], documents: Leaves) -> list[bool]:
    return [oracle.leaf_holds(document, account, scene) for document in documents]


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Scene, dict[str, Any], Leaves]:
    scene = draw(strategies.scenes())
    account = draw(strategies.accounts(scene, *strategies.BESIDE, *strategies.BESIDE.values()))
    some = st.sampled_from(sorted(strategies.BESIDE)).flatmap(lambda field: strategies.leaves(scene, account, field))
    return scene, account, draw(st.lists(some, min_size=1, max_size=4))


@given(_cases(), st.lists(st.integers(0, 999_999), max_size=20))
def test_the_next_turn_is_the_first_moment_at_which_a_leaf_is_met_otherwise(
    case: tuple[Scene, dict[str, Any], Leaves], between: list[int]
) -> None:
    scene, account, documents = case
    found, present = turn(*case), met(*case)
    until = found or scene.now + YEARS
    assert until > scene.now
    if found is not None:
        assert met(scene._replace(now=found), account, documents) != present
    for millionths in between:
        moment_between = scene.now + (until - scene.now) // 1_000_000 * millionths
        assert met(scene._replace(now=moment_between), account, documents) == present
    assert met(scene._replace(now=max(scene.now, until - MICROSECOND)), account, documents) == present


_ABOUT = [
    ("America/St_Johns", "2010-11-07"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Apia", "2011-12-31"),
    ("Africa/Cairo", "2026-04-24"),
    ("Africa/Cairo", "2026-10-30"),
    ("Asia/Beirut", "2026-03-29"),
    ("Asia/Beirut", "2026-10-25"),
    ("America/Havana", "2026-11-01"),
    ("America/Santiago", "2026-09-06"),
    ("America/Toronto", "1919-03-31"),
    ("Antarctica/Casey", "2010-03-05"),
    ("America/Juneau", "1867-10-18"),
]


@pytest.mark.parametrize("op", ["=", "!=", "<", ">="])
@pytest.mark.parametrize(("zone", "day"), _ABOUT)
def test_where_clocks_change_about_midnight_every_minute_agrees(zone: str, day: str, op: str) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00Z")
    account, documents = {"renewal_date": day}, [leaf("renewal_date", op, "today")]
    scenes = [Scene(noon + number * MINUTE, zone) for number in range(-2 * 1_440, 2 * 1_440)]
    said = [met(scene, account, documents) for scene in scenes]
    for index in range(0, len(scenes), 97):
        later = (number for number in range(index, len(scenes)) if said[number] != said[index])
        first = next(later, None)
        found = turn(scenes[index], account, documents)
        if first is None:
            assert found is None or found > scenes[-1].now
        else:
            assert found is not None
            assert scenes[first - 1].now < found <= scenes[first].now


def test_a_day_that_began_and_was_undone_begins_again() -> None:
    account, documents = {"renewal_date": "2010-11-07"}, [leaf("renewal_date", "=", "today")]
    turns = [datetime(2010, 11, 7, tzinfo=UTC)]
    for _ in range(4):
        found = turn(Scene(turns[-1], "America/St_Johns"), account, documents)
        assert found is not None
        turns.append(found)
    assert [f"{moment:%H:%M:%S}" for moment in turns[1:4]] == ["02:30:00", "02:31:00", "03:30:00"]
    assert turns[4] == datetime(2010, 11, 8, tzinfo=ZoneInfo("America/St_Johns"))
    assert turn(Scene(turns[4], "America/St_Johns"), account, documents) is None


def test_a_day_that_the_calendar_leaves_out_turns_nothing_by_itself() -> None:
    scene, account = Scene(datetime(2011, 12, 30, 9, tzinfo=UTC), "Pacific/Apia"), {"renewal_date": "2011-12-30"}
    assert turn(scene, account, [leaf("renewal_date", "=", "today")]) is None
    assert turn(scene, account, [leaf("renewal_date", "<=", "today")]) == datetime(2011, 12, 30, 10, tzinfo=UTC)


@given(st.sampled_from(sorted(strategies.DAYS)), st.sampled_from(["0001-01-01", "0001-01-02", "9999-12-31"]))
@example("Pacific/Kiritimati", "9999-12-30")
def test_at_the_calendars_ends_no_turn_is_told(zone: str, day: str) -> None:
    for now in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        found = turn(Scene(now, zone), {"renewal_date": day}, [leaf("renewal_date", ">", "today")])
        assert found is None or found > now


@given(_cases())
def test_what_does_not_hang_on_the_present_never_turns(case: tuple[Scene, dict[str, Any], Leaves]) -> None:
    scene, account, documents = case
    still = [document for document in documents if not _is_relative(document)]
    assume(still)
    assert turn(scene, account, still) is None


def _is_relative(document: dict[str, Any]) -> bool:
    asked = document.get("value")
    return document["op"] in strategies.SPANS or (isinstance(asked, str) and asked.startswith(("today", "now")))
