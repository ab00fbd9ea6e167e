"""What stability comes to, said once more and differently: an account looked at hour by hour, with fractions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
TIERS = ("tier-1", "tier-2", "tier-3")


class Event(NamedTuple):
    """The account's MRR becomes `mrr`, or missing."""

    at: datetime
    mrr: str | None


class Move(NamedTuple):
    at: datetime
    tier: str


@dataclass(frozen=True)
class Model:
    """The ladder `>= 1000`, `>= 500`, everyone else; moments are whole hours, durations too."""

    zone: str = "UTC"
    promote_after: int = 0
    """In hours, as the next."""
    demote_after: int = 0
    margin: Fraction = Fraction(0)
    """Of the whole: 1/20 for five percent."""
    demote: str = "at_once"
    renewal: date | None = None
    hold_before_renewal: int = 0
    """In days."""

    @property
    def document(self) -> Mapping[str, str]:
        return {
            "promote_after": f"{self.promote_after}h",
            "demote_after": f"{self.demote_after}h",
            "demote_margin_pct": str(float(self.margin * 100)),
            "demote": self.demote,
            "hold_before_renewal": f"{self.hold_before_renewal}d",
        }

    def moves(self, events: Sequence[Event], until: datetime) -> list[Move]:
        """Every tier that the account comes to have, with the hour at which it does; the first event gives one."""
        account = _Watched(self, events[0].at)
        at = events[0].at
        waiting = list(events)
        while at <= until:
            while waiting and waiting[0].at <= at:
                account.learns(waiting.pop(0).mrr)
            account.looked_at(at)
            at += HOUR
        return account.moves


class _Watched:
    def __init__(self, model: Model, begins: datetime) -> None:
        self.model = model
        self.value: Fraction | None = None
        self.last_known: Fraction | None = None
        self.tier: str | None = None
        self.side, self.since = "", begins
        self.last_start: datetime | None = None
        self.moves: list[Move] = []

    def learns(self, mrr: str | None) -> None:
        self.value = None if mrr is None else Fraction(mrr)
        if self.value is not None:
            self.last_known = self.value

    def looked_at(self, at: datetime) -> None:
        if self.model.demote != "at_once" and self._starts(at) and not self._renews(at):
            self.last_start = at
        says = _ladder(self.value)
        if self.tier is None:
            self._becomes(says, at)
        elif says == self.tier or (_below(says, self.tier) and self._keeps()):
            self.side = ""
        else:
            side = "down" if _below(says, self.tier) else "up"
            if side != self.side:
                self.side, self.since = side, at
            if self._ripe(at):
                self._becomes(says, at)

    def _becomes(self, tier: str, at: datetime) -> None:
        self.tier, self.side = tier, ""
        self.moves.append(Move(at, tier))

    def _keeps(self) -> bool:
        """By the last known value, or within the margin."""
        if self.value is None:
            return self.last_known is not None and self._has(self.last_known, Fraction(0))
        return self.model.margin > 0 and self._has(self.value, self.model.margin)

    def _has(self, value: Fraction, margin: Fraction) -> bool:
        match self.tier:
            case "tier-1":
                return value >= 1000 - 1000 * margin
            case "tier-2":
                return 500 - 500 * margin <= value < 1000 + 1000 * margin
            case _:
                return False

    def _ripe(self, at: datetime) -> bool:
        model = self.model
        if self.side == "up":
            return at - self.since >= model.promote_after * HOUR
        ready = self.since + model.demote_after * HOUR
        if at < ready or self._renews(at):
            return False
        return model.demote == "at_once" or (self.last_start is not None and self.last_start >= ready)

    def _renews(self, at: datetime) -> bool:
        if self.model.renewal is None or not self.model.hold_before_renewal:
            return False
        days = (self.model.renewal - at.astimezone(ZoneInfo(self.model.zone)).date()).days
        return 0 <= days <= self.model.hold_before_renewal

    def _starts(self, hour: datetime) -> bool:
        """Whether a month, or a quarter, begins at this hour."""
        zone = ZoneInfo(self.model.zone)
        today, before = (moment.astimezone(zone).date() for moment in (hour, hour - HOUR))
        months = (1, 4, 7, 10) if self.model.demote == "quarter_start" else range(1, 13)
        return today != before and today.day == 1 and today.month in months


def _ladder(value: Fraction | None) -> str:
    if value is None or value < 500:
        return "tier-3"
    return "tier-1" if value >= 1000 else "tier-2"


def _below(tier: str, other: str) -> bool:
    return TIERS.index(tier) > TIERS.index(other)


def daily(begins: datetime, *mrr: str | None) -> list[Event]:
    """One value a day, at the same time."""
    return [Event(begins + number * timedelta(days=1), value) for number, value in enumerate(mrr)]


def changes(moves: Sequence[Move]) -> list[tuple[str, str]]:
    return [(before.tier, after.tier) for before, after in pairwise(moves)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
