"""How fresh a source's data are: an input of deciding, for a stale source must not demote."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Freshness:
    stale_at: datetime
    """From then on the source's data count as stale."""
    interval: timedelta
    """How often the source is synced: when to look again."""
