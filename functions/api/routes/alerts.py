"""/v1/alerts: what was raised."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.api.http.describing import operation
from functions.api.http.paging import DEFAULT_LIMIT, Cursor, Limit
from functions.api.service.alerts import Alerts
from functions.api.views.alerts import AlertsView, AlertView, alert_view
from shared.accounts.identity import AccountId, RuleId
from shared.alerts.alert import AlertState
from shared.alerts.rule import AlertType
from shared.alerts.store import AlertFilter

TAG = "alerts"

Named = Annotated[str | None, Query(min_length=1, max_length=128)]


class AlertRoutes:
    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts

    def mount(self, app: APIGatewayHttpResolver) -> None:
        app.get("/v1/alerts", **operation("list_alerts", TAG, "Alerts; newest first for an account"))(self.list)
        app.get("/v1/alerts/<alert_id>", **operation("read_alert", TAG, "One alert"))(self.read)

    def list(
        self,
        *,
        account: Named = None,
        rule: Named = None,
        state: Annotated[AlertState | None, Query()] = None,
        owner: Annotated[str | None, Query(min_length=1, max_length=254)] = None,
        type: Annotated[AlertType | None, Query()] = None,  # noqa: A002 - the parameter's name is the contract's
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> AlertsView:
        where = AlertFilter(
            account=None if account is None else AccountId(account),
            rule=None if rule is None else RuleId(rule),
            state=state,
            owner=owner,
            type=type,
        )
        page = self._alerts.page(where, limit=limit, cursor=cursor)
        return AlertsView(items=[alert_view(alert) for alert in page.items], next_cursor=page.cursor)

    def read(self, alert_id: str) -> AlertView:
        return alert_view(self._alerts.find(alert_id))
