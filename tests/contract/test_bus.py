"""How events reach EventBridge."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.aws import clients
from shared.aws.bus import EventBridgeBus
from shared.memory.bus import MemoryBus
from shared.runtime.ports import BusEvent, BusUnavailable
from tests.contract.builders import NOW
from tests.contract.faults import answering, failing

BUS = "tierwright-test"


@pytest.fixture
def client(aws: None) -> object:  # noqa: ARG001 - moto runs first
    return clients.events()


def event(number: int = 1, **detail: object) -> BusEvent:
    return BusEvent(f"acme/{number}", "tier.changed", NOW, detail or {"account_id": "acme", "from": None})


class Broker:
    """Answers PutEvents; refuses, at each call, the entries that `refuses` says."""

    def __init__(self, refuses: Callable[[int, int], bool] = lambda _call, _place: False) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.refuses = refuses

    def __call__(self, params: dict[str, Any], **_: object) -> dict[str, Any]:
        entries = json.loads(params["body"])["Entries"]
        self.calls.append(entries)
        results = [
            {"ErrorCode": "ThrottlingException"} if self.refuses(len(self.calls), place) else {"EventId": "e"}
            for place in range(len(entries))
        ]
        return {"Entries": results}


def test_an_event_bears_its_id_type_and_time(client: Any) -> None:
    broker = Broker()

    with answering(client, "eventbridge.PutEvents", broker):
        EventBridgeBus(BUS, client).publish([event(why="Größe", mrr=None)])

    [[entry]] = broker.calls
    assert json.loads(entry.pop("Detail")) == {"id": "acme/1", "why": "Größe", "mrr": None}
    assert entry == {
        "EventBusName": BUS,
        "Source": "tierwright",
        "DetailType": "tier.changed",
        "Time": NOW.timestamp(),
    }


def test_calls_take_ten_events_and_256_kb(client: Any) -> None:
    broker = Broker()
    large = event(1, text="x" * 150_000)

    with answering(client, "eventbridge.PutEvents", broker):
        EventBridgeBus(BUS, client).publish([large, large, *map(event, range(12))])

    assert [len(call) for call in broker.calls] == [1, 10, 3]


def test_what_failed_is_sent_once_more(client: Any) -> None:
    broker = Broker(lambda call, place: call == 1 and place == 1)

    with answering(client, "eventbridge.PutEvents", broker):
        EventBridgeBus(BUS, client).publish([event(1), event(2), event(3)])

    assert [[json.loads(entry["Detail"])["id"] for entry in call] for call in broker.calls] == [
        ["acme/1", "acme/2", "acme/3"],
        ["acme/2"],
    ]


def test_what_failed_twice_makes_the_bus_unavailable(client: Any) -> None:
    broker = Broker(lambda _call, place: place == 0)

    with answering(client, "eventbridge.PutEvents", broker), pytest.raises(BusUnavailable, match="1 of 2"):
        EventBridgeBus(BUS, client).publish([event(1), event(2)])


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_a_bus_that_takes_nothing_is_unavailable(client: Any, code: str) -> None:
    with failing(client, "eventbridge.PutEvents", code), pytest.raises(BusUnavailable, match=code):
        EventBridgeBus(BUS, client).publish([event()])


def test_the_bus_in_memory_keeps_events_in_order_until_it_is_down() -> None:
    bus = MemoryBus()
    bus.publish([event(1), event(2)])
    bus.down = True

    with pytest.raises(BusUnavailable):
        bus.publish([event(3)])

    assert bus.events == [event(1), event(2)]
