"""Alert rules: on which change an alert is raised, of which type, and how people are told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shared.accounts.identity import RuleId, TierId


class AlertType(StrEnum):
    CHURN = "churn"
    EXPANSION = "expansion"
    CONVERSION = "conversion"
    RENEWAL = "renewal"
    ENGAGEMENT = "engagement"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Direction(StrEnum):
    DOWN = "down"
    UP = "up"
    ANY = "any"


class Route(StrEnum):
    """How soon people are told."""

    IMMEDIATE = "immediate"
    DAILY_DIGEST = "daily_digest"


@dataclass(frozen=True, slots=True)
class Scope:
    """An empty list means all."""

    tiers: tuple[TierId, ...] = ()
    """Tested against the tier before or after the change."""
    stages: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnTierChange:
    """`down` is towards a greater rank or no tier. Empty lists mean any tier."""

    direction: Direction
    before: tuple[TierId, ...] = ()
    after: tuple[TierId, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertRule:
    id: RuleId
    name: str
    type: AlertType
    severity: Severity
    on_tier_change: OnTierChange
    route: Route = Route.IMMEDIATE
    enabled: bool = True
    scope: Scope = field(default_factory=Scope)
    version: int = 1


FRESH: Sequence[AlertRule] = (
    AlertRule(
        RuleId("tier-lowered"),
        "Tier lowered",
        AlertType.CHURN,
        Severity.HIGH,
        OnTierChange(Direction.DOWN),
    ),
    AlertRule(
        RuleId("tier-raised"),
        "Tier raised",
        AlertType.EXPANSION,
        Severity.LOW,
        OnTierChange(Direction.UP),
        Route.DAILY_DIGEST,
    ),
)
"""The alert rules of a fresh deployment."""
