"""Each row of tier history becomes one event, which says nothing of people or values; one that fails delays none."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.announce.handler import handle
from functions.announce.service import Announcer
from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.standing import Cause, Standing, TierChange
from shared.accounts.store import AccountChange
from shared.memory.accounts import MemoryAccounts
from shared.memory.bus import MemoryBus
from shared.memory.queues import MemoryQueue
from shared.runtime.backoff import ATTEMPTS, FIRST_DELAY, MOST_DELAY
from shared.runtime.messages import AnnounceChange, SendHeld, write
from shared.runtime.ports import BusUnavailable, QueueUnavailable
from shared.runtime.records import LATE
from tests.support.images import row_image
from tests.unit.alerts.builders import NOW, change

HELD_UP = LATE + timedelta(seconds=1)


class World:
    """announce on the twins of its ports."""

    def __init__(self, *rows: TierChange) -> None:
        self.bus = MemoryBus()
        self.queue = MemoryQueue()
        self.accounts = MemoryAccounts()
        for version, row in enumerate(rows):
            standing = Standing(tier=row.after, changes=row.version)
            account = Account(row.account_id, created_at=NOW, version=version, standing=standing)
            self.accounts.commit(AccountChange(account, Cause.TIER, history=row))
        self.announcer = Announcer(self.bus, self.accounts, self.queue, lambda: NOW)

    def told(self, *changes: TierChange, age: timedelta = timedelta(0)) -> dict[str, Any]:
        return self.stream(*map(row_image, changes), age=age)

    def stream(self, *changes: Mapping[str, Any], age: timedelta = timedelta(0)) -> dict[str, Any]:
        at = int((NOW - age).timestamp())
        records = [
            {"eventSource": "aws:dynamodb", "dynamodb": {**change, "ApproximateCreationDateTime": at}}
            for change in changes
        ]
        return handle({"Records": records}, self.announcer)

    def message(self, work: AnnounceChange | SendHeld) -> dict[str, Any]:
        record = {"eventSource": "aws:sqs", "messageId": "1", "body": write(work).body}
        return handle({"Records": [record]}, self.announcer)

    @property
    def published(self) -> list[str]:
        return [event.id for event in self.bus.events]


FAILED = {"batchItemFailures": [{"itemIdentifier": "1"}]}
DONE: dict[str, Any] = {"batchItemFailures": []}


def row(version: int, attempt: int = 0) -> AnnounceChange:
    return AnnounceChange(AccountId("acme"), version, attempt)


def unreadable(version: int) -> dict[str, Any]:
    """A row as no code of ours wrote it."""
    return {"Keys": row_image(change(version))["Keys"], "NewImage": {"account_id": {"S": "acme"}}}


def test_a_row_of_history_becomes_an_event_with_its_key_as_id() -> None:
    world = World()

    world.told(change(2))

    (event,) = world.bus.events
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
    world = World()

    world.told(change(1, None, "tier-3"))

    assert world.bus.events[0].detail["from"] is None


def test_no_value_and_no_name_is_published() -> None:
    world = World()

    world.told(change())

    assert "640" not in json.dumps(dict(world.bus.events[0].detail))


def test_the_same_row_has_the_same_id_each_time() -> None:
    world = World()

    for _ in range(3):
        world.told(change(2), change(3))

    assert set(world.published) == {"acme#2", "acme#3"}


def test_a_bus_that_takes_nothing_keeps_the_batch_in_the_stream() -> None:
    world = World()
    world.bus.down = True

    with pytest.raises(BusUnavailable):
        world.told(change())
    assert world.queue.sent == []


def test_no_events_are_no_call() -> None:
    world = World()
    world.bus.down = True

    assert world.announcer.announce([]) == 0


def test_a_row_that_can_t_be_read_goes_on_by_the_queue_and_delays_no_other() -> None:
    world = World()

    assert world.stream(row_image(change(2)), unreadable(3), row_image(change(4))) == {}

    assert world.published == ["acme#2", "acme#4"]
    assert world.queue.sent == [write(row(3))]


def test_rows_that_come_late_go_on_by_the_queue_each_by_itself() -> None:
    world = World()

    assert world.told(change(2), change(3), age=HELD_UP) == {}

    assert world.published == []
    assert world.queue.sent == [write(row(2)), write(row(3))]


def test_a_late_batch_stays_in_the_stream_while_the_queue_takes_nothing() -> None:
    world = World()
    world.queue.down = True

    with pytest.raises(QueueUnavailable):
        world.told(change(2), age=HELD_UP)


def test_a_row_from_the_queue_is_published_as_the_history_has_it() -> None:
    world = World(change(1, None, "tier-1"), change(2))

    assert world.message(row(2)) == DONE

    assert world.published == ["acme#2"]
    assert world.bus.events[0].detail["to"] == "tier-2"


@pytest.mark.parametrize(
    "work", [row(3), replace(row(1), account_id=AccountId("nobody")), SendHeld("csm-1")], ids=["row", "account", "work"]
)
def test_a_message_of_no_row_fails_by_itself(work: AnnounceChange | SendHeld) -> None:
    world = World(change(1, None, "tier-1"), change(2))

    assert world.message(work) == FAILED
    assert world.published == []


def test_while_the_bus_takes_nothing_a_row_waits_on_the_queue_and_burns_no_receives() -> None:
    world = World(change(1, None, "tier-1"))
    world.bus.down = True

    assert [world.message(row(1, attempt)) for attempt in (0, 9)] == [DONE, DONE]

    waits = [write(row(1, 1), delay_seconds=FIRST_DELAY), write(row(1, 10), delay_seconds=MOST_DELAY)]
    assert world.queue.sent == waits


def test_after_three_days_a_row_that_the_bus_does_not_take_is_a_dead_letter() -> None:
    world = World(change(1, None, "tier-1"))
    world.bus.down = True

    assert world.message(row(1, ATTEMPTS)) == FAILED
    assert timedelta(seconds=ATTEMPTS * MOST_DELAY) >= timedelta(days=3)
    assert world.queue.sent == []
