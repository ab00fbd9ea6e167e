"""Holds that end by the calendar: the days before a renewal, the starts of months and quarters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from shared.accounts.identity import FieldName
from shared.rules.facts import Facts
from shared.rules.moment import Moment, day_begins
from shared.tiers.stability import Demote, Stability

RENEWAL = FieldName("renewal_date")
END = datetime.max.replace(tzinfo=UTC, microsecond=0)
"""Where the calendar ends: what comes later never comes."""

_MONTHS = {Demote.MONTH_START: 1, Demote.QUARTER_START: 3}


@dataclass(frozen=True, slots=True)
class RenewalHold:
    """From the local midnight of a renewal's first held day until the renewal date is over."""

    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends

    def past(self, moment: datetime) -> datetime:
        """`moment`, or where the hold has it, its end."""
        return self.ends if self.holds(moment) else moment


def renewal_hold(stability: Stability, facts: Facts) -> RenewalHold | None:
    """None where the policy has none, or the renewal date is not known."""
    day = facts.values.get(RENEWAL)
    if not stability.hold_before_renewal or type(day) is not int:
        return None
    begins = day_begins(day - stability.hold_before_renewal, facts.at.zone)
    ends = day_begins(day + 1, facts.at.zone)
    return None if begins is None or ends is None else RenewalHold(begins, ends)


def moves_at(ready: datetime, renewal: RenewalHold | None, demote: Demote, zone: ZoneInfo) -> datetime:
    """When what is ready to be demoted at `ready` moves: past the renewal hold, at the start that the policy waits for.

    The first such start may lie within the renewal hold: then it is the first after that.
    """
    past = renewal.past(ready) if renewal else ready
    if demote not in _MONTHS:
        return past
    start = _next_start(past, _MONTHS[demote], zone)
    if renewal is None or not renewal.holds(start):
        return start
    return _next_start(renewal.ends, _MONTHS[demote], zone)


def _next_start(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The first local midnight at or after `moment` that begins a month, or one of every `months` from January on."""
    today = date.fromordinal(min(max(Moment(moment, zone).today, 1), date.max.toordinal()))
    first = today.year * 12 + (today.month - 1) // months * months
    for month in takewhile(lambda month: month // 12 <= date.max.year, count(first, months)):
        begins = day_begins(date(month // 12, month % 12 + 1, 1).toordinal(), zone)
        if begins is not None and begins >= moment:
            return begins
    return END
