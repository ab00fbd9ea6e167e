"""Each row of tier history becomes one event, which says nothing of people or values."""

import json
from typing import Any

import pytest
from pynamodb.constants import NUMBER, STRING

from functions.announce.handler import handle
from functions.announce.service import Announcer
from shared.accounts.standing import TierChange
from shared.aws.dynamodb.account_rows import history_attributes
from shared.memory.bus import MemoryBus
from shared.runtime.ports import BusUnavailable
from tests.unit.alerts.builders import change


def raw(value: object) -> dict[str, str]:
    return {NUMBER: str(value)} if isinstance(value, int) else {STRING: str(value)}


def stream(*changes: TierChange) -> dict[str, Any]:
    images = [
        {name: raw(value) for name, value in history_attributes(each).items() if value is not None} for each in changes
    ]
    return {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {"NewImage": image}} for image in images]}


def test_a_row_of_history_becomes_an_event_with_its_key_as_id() -> None:
    bus = MemoryBus()

    handle(stream(change(2)), Announcer(bus))

    (event,) = bus.events
    assert (event.id, event.type, event.at) == ("acme#2", "tier.changed", change(2).at)
    assert event.detail == {
        "account_id": "acme",
        "version": 2,
        "from": "tier-1",
        "to": "tier-2",
        "at": "2026-11-22T06:59:59Z",
        "method": "rules",
        "rule": "mid",
        "policy_version": 1,
        "cause": "data",
    }


def test_a_first_tier_is_published_too() -> None:
    bus = MemoryBus()

    handle(stream(change(1, None, "tier-3")), Announcer(bus))

    assert bus.events[0].detail["from"] is None


def test_no_value_and_no_name_is_published() -> None:
    bus = MemoryBus()

    handle(stream(change()), Announcer(bus))

    assert "640" not in json.dumps(dict(bus.events[0].detail))


def test_the_same_row_has_the_same_id_each_time() -> None:
    bus = MemoryBus()

    for _ in range(3):
        handle(stream(change(2), change(3)), Announcer(bus))

    assert {event.id for event in bus.events} == {"acme#2", "acme#3"}


def test_a_bus_that_takes_nothing_keeps_the_batch_in_the_stream() -> None:
    bus = MemoryBus()
    bus.down = True

    with pytest.raises(BusUnavailable):
        handle(stream(change()), Announcer(bus))


def test_no_rows_are_no_call() -> None:
    bus = MemoryBus()
    bus.down = True

    assert Announcer(bus).announce([]) == 0
