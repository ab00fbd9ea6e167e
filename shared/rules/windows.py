"""What a number came to over a window of time: read from its days where it is kept by day, else from its changes."""

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from operator import itemgetter

from shared.accounts.days import Days
from shared.accounts.history import History, day_of
from shared.rules.condition import Aggregate, Window

type Amount = int | Fraction
"""In ten-thousandths of the unit; an average is exact."""

DAY_SECONDS = 86_400

time_of = itemgetter(0)


def over_window(history: History, window: Window, then: int) -> Amount | None:
    """What the entries later than `of` before `then`, and not later than that, come to; None where there is none."""
    found = list(_values(history, then - window.of, then))
    if not found:
        return None
    match window.fn:
        case Aggregate.MIN:
            return min(value for value, _ in found)
        case Aggregate.MAX:
            return max(value for value, _ in found)
        case Aggregate.SUM:
            return sum(value * times for value, times in found)
        case Aggregate.AVG:
            return Fraction(sum(value * times for value, times in found), sum(times for _, times in found))


def start_of(day: int) -> int:
    """The first second of a day as histories count them."""
    return (day - day_of(0)) * DAY_SECONDS


def _values(history: History, after: int, until: int) -> Iterator[tuple[int, int]]:
    """The values of those times, each with how many entries in a row have it."""
    if history.days.runs:
        yield from _of_days(history.days, day_of(after) + 1, day_of(until))
        return
    first, end = (bisect_right(history.entries, edge, key=time_of) for edge in (after, until))
    yield from ((value, 1) for _, value in history.entries[first:end] if type(value) is int)


def _of_days(days: Days, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Newest first: few windows reach far back."""
    for run in reversed(days.runs):
        if run.last < first:
            return
        times = min(run.last, last) - max(run.first, first) + 1
        if times > 0:
            yield run.value, times
