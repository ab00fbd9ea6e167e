"""A number's or an amount's value day by day: the part of a field's history that windows of time are read from."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import NamedTuple, Self

_BYTES_OF_A_STEP = 7

MAX_DAYS = 400
"""Up to the newest; the oldest go first."""


class Run(NamedTuple):
    """The same value on days that follow each other. Days are ordinals of the UTC date, as in `date.toordinal`."""

    first: int
    length: int
    value: int

    @property
    def last(self) -> int:
        return self.first + self.length - 1


class Stretch(NamedTuple):
    """Days of a span that have a value."""

    days: int
    """How many."""
    total: int
    """The sum of their values."""
    values: tuple[int, ...]
    """Each value that one of them has, some of them repeatedly."""


@dataclass(frozen=True)
class Days:
    """The last value of each day on which the account was written while the value was known; other days have none."""

    runs: tuple[Run, ...] = ()
    """Oldest first; neighbours differ in value or have days between them, but for what restating made equal."""

    def put(self, day: int, value: int) -> Self:
        """With `value` as the last one of `day`, instead of what the day had: the same object where it had that.

        Workers' clocks differ: what comes with an earlier day than the newest belongs to that one.
        """
        if not self.runs:
            return replace(self, runs=(Run(day, 1, value),))
        day, newest = max(day, self.runs[-1].last), self.runs[-1]
        if newest.last == day and newest.value == value:
            return self
        runs = self.runs if newest.last < day else _shortened(self.runs)
        return replace(self, runs=_since(day - MAX_DAYS + 1, _lengthened(runs, day, value)))

    def within(self, first: int, last: int) -> "Stretch | None":
        """What the days from `first` to `last` came to, those of them that have a value; None where none has."""
        low = bisect_left(self.runs, first, key=_last)
        high = bisect_right(self.runs, last, key=_first)
        if low >= high:
            return None
        before, after = max(0, first - self.runs[low].first), max(0, self.runs[high - 1].last - last)
        days, total = (sums[high] - sums[low] for sums in self._sums)
        return Stretch(
            days=days - before - after,
            total=total - before * self.runs[low].value - after * self.runs[high - 1].value,
            values=self._values[low:high],
        )

    @cached_property
    def known(self) -> tuple[int, ...]:
        """Each day that has a value, oldest first."""
        return tuple(day for run in self.runs for day in range(run.first, run.last + 1))

    @cached_property
    def _values(self) -> tuple[int, ...]:
        return tuple(run.value for run in self.runs)

    @cached_property
    def _sums(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Days and their sum in the runs before each, and in all of them."""
        return (
            tuple(accumulate((run.length for run in self.runs), initial=0)),
            tuple(accumulate((run.length * run.value for run in self.runs), initial=0)),
        )

    def mapped(self, change: Callable[[int], int]) -> Self:
        """With each value as `change` gives it."""
        return replace(self, runs=tuple(run._replace(value=change(run.value)) for run in self.runs))

    def restated(self, since: int, value: int) -> Self:
        """With `value` on the days from `since` on, and on those before them in the same run."""
        return replace(self, runs=tuple(run._replace(value=value) if run.last >= since else run for run in self.runs))

    def without_oldest(self) -> Self:
        """Without the oldest run."""
        return replace(self, runs=self.runs[1:])

    @property
    def size(self) -> int:
        """Bytes, about as a row keeps them."""
        if not self.runs:
            return _BYTES_OF_A_STEP
        gaps = sum(earlier.last + 1 < later.first for earlier, later in pairwise(self.runs))
        repeats = sum(run.length > 1 for run in self.runs)
        return _BYTES_OF_A_STEP * (gaps + repeats + 1) + sum(len(str(run.value)) + len(",") for run in self.runs)


NO_DAYS = Days()

_first, _last = attrgetter("first"), attrgetter("last")


def _shortened(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Without the newest day."""
    *earlier, newest = runs
    return (*earlier, newest._replace(length=newest.length - 1)) if newest.length > 1 else tuple(earlier)


def _lengthened(runs: tuple[Run, ...], day: int, value: int) -> tuple[Run, ...]:
    """With another day, after all others."""
    if runs and runs[-1].last == day - 1 and runs[-1].value == value:
        return (*runs[:-1], runs[-1]._replace(length=runs[-1].length + 1))
    return (*runs, Run(day, 1, value))


def _since(first: int, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Without the days before `first`."""
    if runs[0].first >= first:
        return runs
    kept = (run for run in runs if run.last >= first)
    return tuple(run if run.first >= first else Run(first, run.last - first + 1, run.value) for run in kept)
