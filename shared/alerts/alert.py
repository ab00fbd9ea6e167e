"""An alert: that something happened to an account that a person should know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from shared.accounts.identity import AccountId, RuleId, TierId
from shared.alerts.rule import AlertType, Severity

AlertId = NewType("AlertId", str)


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Outcome(StrEnum):
    SUCCESS = "success"
    UNSUCCESSFUL = "unsuccessful"
    FALSE_ALARM = "false_alarm"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Alert:
    id: AlertId
    rule: RuleId
    rule_version: int
    account_id: AccountId
    account_name: str
    owner: str | None
    """The account's CSM when it was raised."""
    type: AlertType
    severity: Severity
    raised_at: datetime
    why: str
    before: TierId | None
    after: TierId | None
    history_version: int
    """The row of tier history that raised it."""
    conditions: tuple[Mapping[str, object], ...] = ()
    """The findings of the decision that changed the tier."""
    state: AlertState = AlertState.OPEN
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    note: str | None = None


def alert_id_for(account_id: AccountId, rule: RuleId, history_version: int) -> AlertId:
    """One alert a rule and tier change, by construction: raising it twice writes the same one."""
    return AlertId(f"{account_id}.{rule}.{history_version}")
