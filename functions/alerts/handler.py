"""Lambda's entry of step 5: accounts whose tier changed in, alerts and notices out."""

import os
from functools import cache
from typing import Any

from functions.alerts.service import Alerts
from functions.alerts.settings import Settings
from functions.alerts.wiring import wire
from shared.accounts.identity import AccountId
from shared.runtime import messages, telemetry
from shared.runtime.environment import read
from shared.runtime.messages import EvaluateAlerts
from shared.runtime.records import Event, each_message, each_or_queued, from_stream, keys


@cache
def alerts() -> Alerts:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda gives it
    return handle(event, alerts())


def handle(event: Event, service: Alerts) -> dict[str, Any]:
    if not from_stream(event):
        return each_message(event, lambda body: _message(body, service))
    accounts = [AccountId(key) for key in keys(event, "id")]
    each_or_queued(accounts, lambda account: _evaluate(account, service), service.queue, _again)
    return {}


def _message(body: str, service: Alerts) -> None:
    work = messages.read(body, (EvaluateAlerts,))
    if isinstance(work, EvaluateAlerts):
        _evaluate(work.account_id, service)


def _evaluate(account_id: AccountId, service: Alerts) -> None:
    telemetry.count("AlertsRaised", service.evaluate(account_id))


def _again(account_id: AccountId) -> list[messages.Work]:
    return [EvaluateAlerts(account_id)]
