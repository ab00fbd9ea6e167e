"""What a number came to over a window of time: read from its days where it is kept by day, else from its changes."""

from bisect import bisect_right
from fractions import Fraction
from operator import itemgetter

from shared.accounts.days import Stretch
from shared.accounts.history import History, day_of
from shared.rules.condition import Aggregate, Window

type Amount = int | Fraction
"""In ten-thousandths of the unit; an average is exact."""

DAY_SECONDS = 86_400

time_of, value_of = itemgetter(0), itemgetter(1)


def over_window(history: History, window: Window, then: int) -> Amount | None:
    """What the entries later than `of` before `then`, and not later than that, come to; None where there is none."""
    found = _stretch(history, then - window.of, then)
    if found is None:
        return None
    match window.fn:
        case Aggregate.MIN:
            return min(found.values)
        case Aggregate.MAX:
            return max(found.values)
        case Aggregate.SUM:
            return found.total
        case Aggregate.AVG:
            return Fraction(found.total, found.days)


def start_of(day: int) -> int:
    """The first second of a day as histories count them."""
    return (day - day_of(0)) * DAY_SECONDS


def _stretch(history: History, after: int, until: int) -> Stretch | None:
    if history.days.runs:
        return history.days.within(day_of(after) + 1, day_of(until))
    first, end = (bisect_right(history.entries, edge, key=time_of) for edge in (after, until))
    found = tuple(map(value_of, history.entries[first:end]))
    values = found if set(map(type, found)) == {int} else tuple(value for value in found if type(value) is int)
    return Stretch(len(values), sum(values), values) if values else None
