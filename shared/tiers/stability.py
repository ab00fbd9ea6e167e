"""What keeps a tier that the rules gave from moving at once: a policy's delays, its margin and its holds."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.rules.condition import Condition

NO_DELAY = timedelta(0)


class Demote(StrEnum):
    """How a demotion takes effect once no hold is left."""

    AT_ONCE = "at_once"
    APPROVAL = "approval"
    """A person approves or rejects it."""
    MONTH_START = "month_start"
    QUARTER_START = "quarter_start"


@dataclass(frozen=True, slots=True)
class Stability:
    promote_after: timedelta = NO_DELAY
    demote_after: timedelta = NO_DELAY
    demote_margin: int = 0
    """By how much thresholds are eased for an account that has the tier, in millionths of each."""
    hold_before_renewal: int = 0
    """From so many days before the renewal date until that day is over; 0: no hold."""
    hold_demotion_when: Condition | None = None
    demote: Demote = Demote.AT_ONCE


AT_ONCE = Stability()
