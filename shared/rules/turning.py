"""When conditions turn by themselves: the later moments at which a comparison with the present one may change."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import merge

from shared.rules.compile_leaf import Values
from shared.rules.moment import EPOCH, LAST_SECOND, SECOND, Moment
from shared.rules.window import Window


def next_turn(windows: Sequence[Window], values: Values, at: Moment) -> datetime | None:
    """The earliest later moment at which a value has come into its window, or left it; None where none ever does."""
    present = _within(windows, values, at)
    turns = turning_points(windows, values, at)
    return next((turn for turn in turns if _within(windows, values, Moment(turn, at.zone)) != present), None)


def turning_points(windows: Sequence[Window], values: Values, at: Moment) -> Iterator[datetime]:
    """Where windows begin and end, later than `at` and in ascending order: a day where the zone's calendar turns to it.

    A window that begins and ends on days that the calendar leaves out has turning points, though nothing turns there.
    """
    days, seconds = set[int](), set[int]()
    for found in windows:
        value = values.get(found.field)
        if type(value) is int:
            (days if found.of_date else seconds).update((value - found.high, value - found.low + 1))
    return merge(_midnights(days, at), _moments(seconds, at))


def _midnights(days: set[int], at: Moment) -> Iterator[datetime]:
    """Today counts too: clocks that go back over midnight undo its beginning."""
    for day in sorted(day for day in days if day >= at.today):
        turn = at.turn_of(day)
        if turn is not None:
            yield turn


def _moments(seconds: set[int], at: Moment) -> Iterator[datetime]:
    yield from (EPOCH + second * SECOND for second in sorted(seconds) if at.seconds < second <= LAST_SECOND)


def _within(windows: Sequence[Window], values: Values, at: Moment) -> list[bool]:
    return [
        type(value := values.get(found.field)) is int
        and found.low <= value - (at.today if found.of_date else at.seconds) <= found.high
        for found in windows
    ]
