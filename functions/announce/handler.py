"""Lambda's entry of step 4: rows of tier history in, events on the bus out."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from functions.announce.service import Announcer, event_of
from functions.announce.settings import Settings
from functions.announce.wiring import wire
from shared.accounts.identity import AccountId
from shared.aws.dynamodb.account_rows import tier_change_of
from shared.runtime import messages, telemetry
from shared.runtime.environment import read
from shared.runtime.messages import AnnounceChange
from shared.runtime.ports import BusEvent
from shared.runtime.records import Event, each_message, each_or_queued, from_stream, is_late, queued


@cache
def announcer() -> Announcer:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda gives it
    return handle(event, announcer())


def handle(event: Event, service: Announcer) -> dict[str, Any]:
    """A row that can't be read goes on by the queue; a bus that takes nothing brings the stream's batch again."""
    if not from_stream(event):
        return each_message(event, lambda body: _message(body, service))
    changes = [record["dynamodb"] for record in event["Records"]]
    if is_late(event, service.clock()):
        queued(changes, service.queue, _by_itself)
        return {}
    events: list[BusEvent] = []
    each_or_queued(
        changes, lambda change: events.append(event_of(tier_change_of(change["NewImage"]))), service.queue, _by_itself
    )
    telemetry.count("TierChangesPublished", service.announce(events))
    return {}


def _message(body: str, service: Announcer) -> None:
    work = messages.read(body, (AnnounceChange,))
    if isinstance(work, AnnounceChange):
        telemetry.count("TierChangesPublished", service.announce_row(work))


def _by_itself(change: Mapping[str, Any]) -> list[messages.Work]:
    key = change["Keys"]
    return [AnnounceChange(AccountId(key["account_id"]["S"]), int(key["version"]["N"]))]
