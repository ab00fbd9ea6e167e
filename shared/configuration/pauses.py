"""Pauses: what people stopped for a while, the whole of it at once, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.accounts.identity import SourceName
from shared.configuration.sources import KNOWN
from shared.tiers.controls import TierPause

TIERS = "tiers"
"""No account moves; the decisions go on."""
MAIL = "mail"
"""Nothing is sent but what tells the admins of it; it waits."""
WRITEBACK = "writeback"
"""No CRM is written to."""


def source_scope(name: SourceName) -> str:
    """What the source sends is taken and not applied, and it is not pulled."""
    return f"source:{name}"


SCOPES: tuple[str, ...] = (TIERS, MAIL, WRITEBACK, *map(source_scope, KNOWN))


@dataclass(frozen=True, slots=True)
class Pause:
    reason: str
    author: str
    """A user's id; DEPLOYMENT for those that a deployment begins with."""
    since: datetime | None
    """None: from the beginning."""
    until: datetime | None = None
    """The moment at which it ends, or has ended; None: not before a person ends it."""

    def holds(self, now: datetime) -> bool:
        """Whether it lasts at `now`; it is over at the very moment it ends."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Pauses:
    by_scope: Mapping[str, Pause] = field(default_factory=dict)
    """The last pause of each scope that ever had one: those that have ended are kept, for what waits on their end."""

    def holding(self, scope: str, now: datetime) -> Pause | None:
        """The scope's pause, if it lasts at `now`."""
        pause = self.by_scope.get(scope)
        return pause if pause is not None and pause.holds(now) else None

    @property
    def of_tiers(self) -> TierPause | None:
        pause = self.by_scope.get(TIERS)
        return None if pause is None else TierPause(pause.until)


DEPLOYMENT = "deployment"
_LOOK_FIRST = "a new deployment sends nothing until somebody has looked at what it would send: end this pause"

NONE = Pauses()
CAUTIOUS = Pauses({scope: Pause(_LOOK_FIRST, DEPLOYMENT, since=None) for scope in (MAIL, WRITEBACK)})
"""What a deployment begins with that tells real customers' CSMs of real accounts."""
