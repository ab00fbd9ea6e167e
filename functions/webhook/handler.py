"""Lambda's entry of step 1: an HTTP request in, a response out."""

import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from functions.webhook.http import request_of, response
from functions.webhook.service import Receiver
from functions.webhook.settings import Settings
from functions.webhook.telemetry import line
from functions.webhook.wiring import wire
from shared.runtime.clock import system_now
from shared.runtime.environment import read


@cache
def receiver() -> Receiver:
    return wire(read(Settings, os.environ))


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    now = system_now()
    request = request_of(event)
    verdict = receiver().take(request, now)
    sys.stdout.write(line(request, verdict, known=receiver().knows(request.source), context=context, now=now) + "\n")
    return response(verdict)
