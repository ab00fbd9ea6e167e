"""Lambda's entry of step 3: accounts whose data changed, whose time has come or that people edit in; tiers, with their
history, out.
"""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from functions.tier_trigger.bulk import Bulk
from functions.tier_trigger.service import Occasion, Tally
from functions.tier_trigger.settings import Settings
from functions.tier_trigger.walk import Walk
from functions.tier_trigger.wiring import Workers, wire
from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.aws.dynamodb.account_rows import account_of
from shared.runtime import telemetry
from shared.runtime.clock import system_now
from shared.runtime.environment import read
from shared.runtime.messages import BadMessage, DecideAccounts, DecideAll, EditMany
from shared.runtime.messages import read as read_message
from shared.runtime.records import Event, each_message, from_stream, is_isolated, is_late, keys
from shared.tiers.decision import Status

CHANGED_DATA = "data"
A_PAGE = timedelta(seconds=20)
"""What a page of a long work may take: none is begun with less time left, or in the second half of a short time-out."""


@cache
def workers() -> Workers:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    return handle(event, *workers(), until=system_now() + max(left - A_PAGE, left / 2))


def handle(event: Event, walk: Walk, bulk: Bulk, *, until: datetime) -> dict[str, Any]:
    if not from_stream(event):
        isolated = is_isolated(event)
        return each_message(event, lambda body: _message(body, walk, bulk, until, isolated=isolated))
    if is_late(event, walk.trigger.clock()):
        walk.trigger.hand_on(list(map(AccountId, keys(event, "id"))), Occasion(CHANGED_DATA))
        return {}
    told = {AccountId(record["dynamodb"]["Keys"]["id"]["S"]): _image(record) for record in event["Records"]}
    _tell(walk.trigger.decide_told(told, Occasion(CHANGED_DATA)))
    return {}


def _image(record: Mapping[str, Any]) -> Account | None:
    """The account as this change left it; of several in a batch the last counts."""
    try:
        return account_of(record["dynamodb"]["NewImage"])
    except (LookupError, ValueError, TypeError):
        return None


def _message(body: str, walk: Walk, bulk: Bulk, until: datetime, *, isolated: bool) -> None:
    match read_message(body, (DecideAccounts, DecideAll, EditMany)):
        case EditMany() as work:
            telemetry.count("AccountsEdited", bulk.go_on(work, until, isolated=isolated))
        case DecideAccounts() | DecideAll() as work:
            _tell(_decided(work, walk, until, isolated=isolated))
        case other:
            raise BadMessage(f"{type(other).__name__} is not for this queue")


def _decided(work: DecideAccounts | DecideAll, walk: Walk, until: datetime, *, isolated: bool) -> Tally:
    """What fails in company is done one by one: what killed its worker too, which is known by being isolated."""
    if isinstance(work, DecideAll):
        return walk.go_on(work, until, isolated=isolated)
    occasion = Occasion(work.cause, work.recombine, work.skipping)
    match work.account_ids:
        case [account_id]:
            return walk.trigger.decide_one(account_id, occasion)
        case account_ids if isolated:
            return walk.trigger.hand_on(account_ids, occasion)
        case account_ids:
            return walk.trigger.decide_each(account_ids, occasion)


def _tell(tally: Tally) -> None:
    """Of decisions that leave an account as it is, nothing: they are most, and nobody waits for them."""
    telemetry.count("TierChanges", tally[Status.CHANGED])
