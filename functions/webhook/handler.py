"""Lambda's entry of step 1: an HTTP request in, a response out."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from functions.webhook.http import request_of, response
from functions.webhook.service import Receiver
from functions.webhook.settings import Settings
from functions.webhook.telemetry import line, worth_telling
from functions.webhook.wiring import wire
from shared.runtime.clock import system_now
from shared.runtime.environment import read


@cache
def receiver() -> Receiver:
    return wire(read(Settings, os.environ))


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    request_id = getattr(context, "aws_request_id", None)
    return handle(event, receiver(), system_now(), request_id, level=os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))


def handle(
    event: Mapping[str, Any], service: Receiver, now: datetime, request_id: str | None = None, *, level: str = "INFO"
) -> dict[str, Any]:
    request = request_of(event)
    verdict = service.take(request, now)
    if worth_telling(verdict, level):
        known = service.knows(request.source)
        sys.stdout.write(line(request, verdict, known=known, request_id=request_id, now=now) + "\n")
    return response(verdict)
