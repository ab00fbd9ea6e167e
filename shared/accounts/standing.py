"""Where an account stands: its tier, who or what gave it, and the row of history that each change writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.accounts.identity import AccountId, RuleId, TierId


class Method(StrEnum):
    """The three ways to a tier."""

    MANUAL = "manual"
    SYNCED = "synced"
    RULES = "rules"


class Cause(StrEnum):
    """Why an account's item was written; the stream's readers filter on it, so that none is woken by its own writes."""

    DATA = "data"
    """Values or an override changed: the tier is decided again."""
    TIER = "tier"
    """The tier changed: alerts read it."""
    NONE = "none"
    """Versions alone: nobody is woken."""


class Hold(StrEnum):
    """Why an account keeps its tier though the deciding method says another."""

    MISSING_DATA = "missing_data"
    STALE_SOURCE = "stale_source"
    DEMOTE_MARGIN = "demote_margin"
    CONDITION = "condition"
    DEMOTE_AFTER = "demote_after"
    PROMOTE_AFTER = "promote_after"
    BEFORE_RENEWAL = "before_renewal"
    APPROVAL = "approval"
    CALENDAR = "calendar"
    MASS_CHANGE = "mass_change"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Pending:
    """Where an account is to move, and since when the result has lain on that side of its tier."""

    tier: TierId | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Override:
    """A manual tier: it beats rules and CRM until it is cleared or expires."""

    tier: TierId
    reason: str
    author: str
    set_at: datetime
    expires_at: datetime | None = None
    approver: str | None = None
    """The manager who approved it, where its author could only ask for it."""

    def holds(self, now: datetime) -> bool:
        """Whether it still decides at `now`; it ends at the very moment it expires."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Answer:
    """What a manager made of a request."""

    approved: bool
    by: str
    at: datetime
    reason: str | None = None
    """Why it was rejected."""


@dataclass(frozen=True, slots=True)
class Request:
    """An override that somebody asks for who may not set it; the last one of its account, answered or not."""

    tier: TierId
    reason: str
    author: str
    asked_at: datetime
    expires_at: datetime | None = None
    by_default: bool = False
    """It is to last as long as the settings say, from its approval on."""
    answer: Answer | None = None

    @property
    def open(self) -> bool:
        return self.answer is None


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier an account has, as its last decision left it."""

    tier: TierId | None = None
    method: Method | None = None
    rule: RuleId | None = None
    since: datetime | None = None
    policy_version: int | None = None
    changes: int = 0
    """The version of the last row of its tier history; 0: never had a tier."""
    hold: Hold | None = None
    """Why it keeps its tier, as the last decision said."""
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class TierChange:
    """One row of tier history; it is written with the tier in one transaction, and it is what publishes the change."""

    account_id: AccountId
    version: int
    """1 for the account's first tier, without gaps."""
    before: TierId | None
    after: TierId | None
    at: datetime
    method: Method | None
    rule: RuleId | None
    policy_version: int | None
    cause: str
    """What led to the decision: `data`, `override`, `expiry` (of an override), `date` (one that rules read came),
    `hold` (one that a policy has ended), `approval`, `policy`, `tiers`."""
    why: str
    decision: Mapping[str, object]
    """The decision in full, as the API shows it."""
