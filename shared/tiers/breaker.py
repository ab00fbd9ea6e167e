"""The breaker against data accidents: how many demotions by data go through before a person must look; a pure count."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.accounts.standing import Method, TierChange
from shared.tiers.model import TierModel

MINUTE = timedelta(minutes=1)
MOST_SUSPECTS = 20
COUNTED = frozenset({"data", "date", "hold"})
"""Causes of a tier change that no person stands behind: data, a date that came, a hold that ended. An override and its
end, a policy and the tiers have one.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    max_demotions_pct: int = 5
    """Of all accounts, archived ones included; the share itself still goes through."""
    min_accounts: int = 20
    """With fewer the breaker never trips."""
    within: timedelta = timedelta(hours=1)

    def allowed(self, accounts: int) -> int | None:
        """Demotions within the span; None: any number."""
        return None if accounts < self.min_accounts else accounts * self.max_demotions_pct // 100

    @property
    def always_allowed(self) -> int:
        """Demotions within the span that go through however many accounts there are."""
        return self.min_accounts * self.max_demotions_pct // 100


@dataclass(frozen=True, slots=True, order=True)
class Suspect:
    """What a demotion hung on."""

    field: str
    source: str = ""
    """Empty: no source gives the field a value."""


class Resolution(StrEnum):
    RELEASED = "released"
    """The held demotions go through."""
    DISCARDED = "discarded"
    """The data were repaired: what is still to be demoted counts anew."""


@dataclass(frozen=True, slots=True)
class Trip:
    """That it tripped once, on what, and what a person made of it."""

    id: str
    at: datetime
    demoted: int
    """Within the span before it tripped: those that went through."""
    accounts: int
    """All accounts, as they were counted then."""
    suspects: Mapping[Suspect, int] = field(default_factory=dict)
    """In how many of the demotions, those held at the time included, each was in the way of a higher tier."""
    resolution: Resolution | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None

    @property
    def open(self) -> bool:
        """Further demotions are held."""
        return self.resolution is None

    def resolved(self, resolution: Resolution, by: str, now: datetime) -> "Trip":
        return replace(self, resolution=resolution, resolved_by=by, resolved_at=now)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was let through since a person last looked, and within the longest span."""

    trips: int = 0
    """How often it has tripped: the next trip's number is one higher."""
    open: bool = False
    by_minute: Mapping[datetime, int] = field(default_factory=dict)
    """Demotions, by the minute that they were let through in."""
    suspects: Mapping[Suspect, int] = field(default_factory=dict)

    def demoted(self, within: timedelta, now: datetime) -> int:
        """A minute counts as long as any moment of it is within the span."""
        return sum(self._recent(within, now).values())

    def _recent(self, within: timedelta, now: datetime) -> dict[datetime, int]:
        return {minute: count for minute, count in self.by_minute.items() if minute + MINUTE > now - within}

    def let_through(self, suspects: Iterable[Suspect], within: timedelta, now: datetime) -> "Ledger":
        recent = self._recent(within, now)
        minute = now.replace(second=0, microsecond=0)
        known = self.suspects if recent else {}
        return replace(self, by_minute={**recent, minute: recent.get(minute, 0) + 1}, suspects=_added(known, suspects))

    def tripped(
        self, suspects: Iterable[Suspect], limits: Limits, accounts: int, now: datetime
    ) -> tuple["Ledger", Trip]:
        demoted = self.demoted(limits.within, now)
        found = _added(self.suspects if demoted else {}, suspects)
        return replace(self, trips=self.trips + 1, open=True), Trip(str(self.trips + 1), now, demoted, accounts, found)

    def cleared(self) -> "Ledger":
        """A person has looked: the count begins anew."""
        return Ledger(self.trips)


def counts(change: TierChange, tiers: TierModel) -> bool:
    """Whether a tier change is a demotion that only data or a date brought about."""
    down = change.before is not None and tiers.rank(change.after) > tiers.rank(change.before)
    return down and change.cause in COUNTED and change.method is not Method.MANUAL


def suspects(change: TierChange) -> Sequence[Suspect]:
    """What kept the account from a higher tier, by the decision that its history row keeps."""
    if change.method is Method.SYNCED:
        return [Suspect("tier")]
    return sorted({Suspect(str(each["field"]), str(each.get("source") or "")) for each in _unmet(change.decision)})


def _unmet(decision: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    rules = decision.get("rules")
    for rule in rules if isinstance(rules, Sequence) else ():
        yield from (found for found in rule["conditions"] if not rule["matched"] and not found["met"])


def _added(known: Mapping[Suspect, int], more: Iterable[Suspect]) -> dict[Suspect, int]:
    return dict((Counter(known) + Counter(more)).most_common(MOST_SUSPECTS))
