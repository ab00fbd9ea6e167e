"""Lambda's entry of the scheduled sync: messages of the syncs queue in, those that failed out."""

import os
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from functions.crm_sync.service import CrmSync
from functions.crm_sync.settings import Settings
from functions.crm_sync.telemetry import tell
from functions.crm_sync.wiring import wire
from shared.runtime import messages, telemetry
from shared.runtime.clock import system_now
from shared.runtime.environment import read
from shared.runtime.messages import SyncSource
from shared.runtime.records import Event, each_message

A_PAGE = timedelta(seconds=120)
"""What a page may take: none is begun with less time left, but for the first."""


@cache
def sync() -> CrmSync:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    return handle(event, sync(), until=system_now() + left - A_PAGE)


def handle(event: Event, service: CrmSync, *, until: datetime) -> dict[str, Any]:
    return each_message(event, lambda body: _message(body, service, until))


def _message(body: str, service: CrmSync, until: datetime) -> None:
    work = messages.read(body, (SyncSource,))
    if isinstance(work, SyncSource):
        tell(service.work(work, until))
