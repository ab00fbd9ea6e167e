"""Lambda's entry of step 2: a batch of the hints queue in, the messages that failed out."""

import os
from datetime import datetime
from functools import cache
from typing import Any

from functions.ingest.outcome import Failed
from functions.ingest.service import Ingest, Received
from functions.ingest.settings import Settings
from functions.ingest.telemetry import tell
from functions.ingest.wiring import wire
from shared.runtime import telemetry
from shared.runtime.clock import system_now
from shared.runtime.environment import read
from shared.runtime.records import Event


@cache
def ingest() -> Ingest:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda gives it
    return handle(event, ingest(), system_now())


def handle(event: Event, service: Ingest, now: datetime) -> dict[str, Any]:
    settled = service.work([Received(record["messageId"], record["body"]) for record in event["Records"]], now)
    tell(settled)
    failed = [one.message_id for one in settled if isinstance(one.outcome, Failed)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
