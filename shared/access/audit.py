"""The audit log: who changed what, when, from what to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change that a person made; written in the same transaction as the change."""

    at: datetime
    actor: str
    action: str
    """What was done, as `subject.verb`: `override.set`, `policy.publish`."""
    target: str
    """What it was done to, as `kind/id`: `account/acme`, `tiers`."""
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
