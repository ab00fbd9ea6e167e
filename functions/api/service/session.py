"""Who asks, and when: what every use case is told of its caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.access.audit import AuditEntry
from shared.access.people import Actor


@dataclass(frozen=True, slots=True)
class Session:
    actor: Actor
    now: datetime
    """Read once a request: every decision in it has the same."""

    def audit(
        self, action: str, target: str, before: Mapping[str, object] | None, after: Mapping[str, object] | None
    ) -> AuditEntry:
        return AuditEntry(self.now, self.actor.id, action, target, before, after)
