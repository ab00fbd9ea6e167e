"""The JSON of alerts."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from pydantic import Field

from functions.api.views.moments import at
from shared.accounts.values import moment_text
from shared.alerts.alert import Alert


class AlertView(TypedDict):
    id: str
    rule: str
    rule_version: int
    account_id: str
    account_name: str
    owner: Annotated[str | None, Field(description="The account's CSM when it was raised.")]
    type: str
    severity: str
    state: str
    raised_at: str
    acknowledged_by: str | None
    snoozed_until: str | None
    closed_at: str | None
    outcome: str | None
    note: str | None
    why: str
    before: str | None
    after: str | None
    history_version: Annotated[int, Field(description="The row of tier history that raised it.")]
    conditions: list[Mapping[str, Any]]


class AlertsView(TypedDict):
    items: list[AlertView]
    next_cursor: str | None


def alert_view(alert: Alert) -> AlertView:
    return AlertView(
        id=alert.id,
        rule=alert.rule,
        rule_version=alert.rule_version,
        account_id=alert.account_id,
        account_name=alert.account_name,
        owner=alert.owner,
        type=alert.type.value,
        severity=alert.severity.value,
        state=alert.state.value,
        raised_at=moment_text(alert.raised_at),
        acknowledged_by=alert.acknowledged_by,
        snoozed_until=at(alert.snoozed_until),
        closed_at=at(alert.closed_at),
        outcome=alert.outcome and alert.outcome.value,
        note=alert.note,
        why=alert.why,
        before=alert.before,
        after=alert.after,
        history_version=alert.history_version,
        conditions=list(alert.conditions),
    )
