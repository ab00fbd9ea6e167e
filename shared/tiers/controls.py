"""What holds accounts back whatever the rules say: a pause that a person ordered, a breaker that too many demotions
tripped.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TierPause:
    """While it lasts no account moves, up or down; the decisions go on, so that what would move can be seen."""

    until: datetime | None = None
    """The moment at which it ends by itself; None: not before a person ends it."""

    def holds(self, now: datetime) -> bool:
        """Whether it lasts at `now`; it is over at the very moment it ends."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Controls:
    """Part of what a decision is a function of: as published, read with the policy that decides."""

    pause: TierPause | None = None
    """Of tiers; one whose `until` has passed may still be here and holds nothing."""
    mass_change: bool = False
    """A breaker is open: what would demote an account by data is held until a person releases or discards it."""

    def paused(self, now: datetime) -> TierPause | None:
        """The pause that holds at `now`: what is held by it is decided anew at its `until`, where it has one."""
        return self.pause if self.pause is not None and self.pause.holds(now) else None


FREE = Controls()
"""Nothing is held back."""
