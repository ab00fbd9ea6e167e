"""Lambda's entry of step 3: accounts whose data changed or whose time has come in, tiers and their history out."""

import os
from functools import cache
from typing import Any

from functions.tier_trigger.service import Tally
from functions.tier_trigger.settings import Settings
from functions.tier_trigger.walk import Walk
from functions.tier_trigger.wiring import wire
from shared.accounts.identity import AccountId
from shared.runtime import telemetry
from shared.runtime.environment import read
from shared.runtime.messages import BadMessage, DecideAccounts, DecideAll
from shared.runtime.messages import read as read_message
from shared.runtime.records import Event, each_message, from_stream, keys
from shared.tiers.decision import Status

CHANGED_DATA = "data"


@cache
def walk() -> Walk:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda gives it
    return handle(event, walk())


def handle(event: Event, walk: Walk) -> dict[str, Any]:
    if not from_stream(event):
        return each_message(event, lambda body: _tell(_message(body, walk)))
    _tell(walk.trigger.decide_each([AccountId(key) for key in keys(event, "id")], CHANGED_DATA))
    return {}


def _message(body: str, walk: Walk) -> Tally:
    match read_message(body, (DecideAccounts, DecideAll)):
        case DecideAccounts([account_id], cause):
            return walk.trigger.decide_one(account_id, cause)
        case DecideAccounts(account_ids, cause):
            return walk.trigger.decide_each(account_ids, cause)
        case DecideAll() as work:
            return walk.go_on(work)
        case other:
            raise BadMessage(f"{type(other).__name__} is not for this queue")


def _tell(tally: Tally) -> None:
    telemetry.count("TierChanges", tally[Status.CHANGED])
    for status, number in sorted(tally.items()):
        telemetry.count(f"Decisions{status.capitalize()}", number)
