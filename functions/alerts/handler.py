"""Lambda's entry of step 5: accounts whose tier changed in, alerts and notices out."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from functions.alerts.service import Alerts
from functions.alerts.settings import Settings
from functions.alerts.wiring import wire
from shared.accounts.identity import AccountId
from shared.aws.dynamodb.account_rows import account_of
from shared.runtime import messages, telemetry
from shared.runtime.environment import read
from shared.runtime.messages import EvaluateAlerts
from shared.runtime.records import Event, each_message, each_or_queued, from_stream, is_late, keys, queued


@cache
def alerts() -> Alerts:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda gives it
    return handle(event, alerts())


def handle(event: Event, service: Alerts) -> dict[str, Any]:
    if not from_stream(event):
        return each_message(event, lambda body: _message(body, service))
    if is_late(event, service.clock()):
        queued(map(AccountId, keys(event, "id")), service.queue, _again)
        return {}
    accounts = [AccountId(key) for key in keys({"Records": [*filter(_is_news, event["Records"])]}, "id")]
    each_or_queued(accounts, lambda account: _evaluate(account, service), service.queue, _again)
    return {}


def _is_news(record: Mapping[str, Any]) -> bool:
    """A first tier raises nothing, whatever the rules: it is let go as it comes, with no call.

    An image that can't be read is news: its account fails by itself, and the others go on.
    """
    try:
        return account_of(record["dynamodb"]["NewImage"]).standing.changes != 1
    except (LookupError, ValueError, TypeError):
        return True


def _message(body: str, service: Alerts) -> None:
    work = messages.read(body, (EvaluateAlerts,))
    if isinstance(work, EvaluateAlerts):
        _evaluate(work.account_id, service)


def _evaluate(account_id: AccountId, service: Alerts) -> None:
    telemetry.count("AlertsRaised", service.evaluate(account_id))


def _again(account_id: AccountId) -> list[messages.Work]:
    return [EvaluateAlerts(account_id)]
