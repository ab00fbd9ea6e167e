"""Lambda's entry of the minute clock; what it was called with says nothing it needs."""

import os
from functools import cache
from typing import Any

from functions.clock.service import Clock
from functions.clock.settings import Settings
from functions.clock.wiring import wire
from shared.runtime import telemetry
from shared.runtime.clock import system_now
from shared.runtime.environment import read


@cache
def clock() -> Clock:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Any, context: Any) -> None:  # noqa: ARG001 - Lambda gives them
    woken = clock().tick(system_now())
    telemetry.count("AccountsDue", woken.accounts)
    telemetry.count("NoticesDue", woken.notices)
    telemetry.count("RunsSilent", woken.runs)
