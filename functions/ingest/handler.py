"""Lambda's entry of step 2: a batch of the hints queue in, the messages that failed out."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from functions.ingest.outcome import Failed
from functions.ingest.service import Ingest, Received
from functions.ingest.settings import Settings
from functions.ingest.telemetry import tell
from functions.ingest.wiring import wire
from shared.runtime.clock import system_now
from shared.runtime.environment import read
from shared.runtime.telemetry import invocation


@cache
def ingest() -> Ingest:
    return wire(read(Settings, os.environ))


def handler(event: Mapping[str, Any], context: object) -> dict[str, list[dict[str, str]]]:  # noqa: ARG001 - Lambda's form
    with invocation():
        messages = [Received(record["messageId"], record["body"]) for record in event["Records"]]
        settled = ingest().work(messages, system_now())
        tell(settled, system_now())
    failed = [one.message_id for one in settled if isinstance(one.outcome, Failed)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
