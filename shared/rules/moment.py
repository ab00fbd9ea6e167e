"""The moment of an evaluation: which second it is now and which day today, told once for all comparisons with them."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
LAST_SECOND = (datetime.max.replace(tzinfo=UTC) - EPOCH) // SECOND
_DAYS_WITH_MIDNIGHT = range(date.min.toordinal() + 2, date.max.toordinal() - 1)
"""Closer to the calendar's ends a midnight may lie beyond them in UTC."""


def seconds_of(moment: datetime) -> int:
    """Since 1970 UTC, as timestamps are kept: a second that has begun counts as reached."""
    return (moment - EPOCH) // SECOND


@dataclass(frozen=True)
class Moment:
    now: datetime
    zone: ZoneInfo

    @cached_property
    def seconds(self) -> int:
        """Of `now`."""
        return seconds_of(self.now)

    @cached_property
    def today(self) -> int:
        """The calendar date in the zone, as dates are kept; just beyond the calendar where the zone is."""
        try:
            return self.now.astimezone(self.zone).toordinal()
        except OverflowError:
            inwards = 1 if self.now < EPOCH else -1
            return (self.now + inwards * DAY).astimezone(self.zone).toordinal() - inwards

    def turn_of(self, day: int) -> datetime | None:
        """The first later moment at which the zone's calendar has come to `day`, or to a later one where it has no such
        day; if it has come there already, the first at which clocks that go back over midnight undo that.

        None where there is no such moment.
        """
        come = self.today >= day
        for midnight in _midnights(day, self.zone):
            if midnight > self.now and (Moment(midnight, self.zone).today >= day) is not come:
                return midnight
        return None


@lru_cache(maxsize=4096)
def day_begins(day: int, zone: ZoneInfo) -> datetime | None:
    """The first moment at which the zone's calendar has come to `day`, or to a later one where it has no such day; None
    at the calendar's ends.
    """
    return next((midnight for midnight in _midnights(day, zone) if Moment(midnight, zone).today >= day), None)


def _midnights(day: int, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments, in UTC, at which the day may begin or be undone; without changing clocks there is one."""
    if day not in _DAYS_WITH_MIDNIGHT:
        return ()
    first, second = (
        datetime.combine(date.fromordinal(day), time(tzinfo=zone, fold=fold)).astimezone(UTC) for fold in (0, 1)
    )
    if first == second:
        return (first,)
    change = _clock_change(min(first, second), max(first, second), zone)
    return (first, change, second) if first < second else (change,)


def _clock_change(after: datetime, until: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone's offset becomes another than at `after`, at latest `until`."""
    before = after.astimezone(zone).utcoffset()

    def changed(seconds: int) -> bool:
        return (after + seconds * SECOND).astimezone(zone).utcoffset() != before

    return after + bisect_left(range((until - after) // SECOND), x=True, key=changed) * SECOND
