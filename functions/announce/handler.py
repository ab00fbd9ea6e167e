"""Lambda's entry of step 4: rows of tier history in, events on the bus out. A failure brings the batch again."""

import os
from functools import cache
from typing import Any

from functions.announce.service import Announcer
from functions.announce.settings import Settings
from functions.announce.wiring import wire
from shared.aws.dynamodb.account_rows import tier_change_of
from shared.runtime import telemetry
from shared.runtime.environment import read
from shared.runtime.records import Event


@cache
def announcer() -> Announcer:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> None:  # noqa: ARG001 - Lambda gives it
    handle(event, announcer())


def handle(event: Event, service: Announcer) -> None:
    changes = [tier_change_of(record["dynamodb"]["NewImage"]) for record in event["Records"]]
    telemetry.count("TierChangesPublished", service.announce(changes))
