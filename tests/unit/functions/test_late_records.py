"""What a stream brings late is not looked at: where the one before killed its reader, this one may too."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.alerts.handler import handle as alerts_handle
from functions.notify.handler import handle as notify_handle
from functions.tier_trigger.handler import handle as tier_trigger_handle
from shared.accounts.identity import AccountId
from shared.runtime.messages import DecideAccounts, EvaluateAlerts, SendNotices, Work, write
from shared.runtime.ports import QueueUnavailable
from shared.runtime.records import LATE, is_late
from tests.unit.alerts.builders import NOW
from tests.unit.functions.outbox_world import World as Outbox
from tests.unit.functions.test_alerts import World as Alerting
from tests.unit.functions.tier_world import World as Tiers

HELD_UP = LATE + timedelta(seconds=1)


class Untouchable(Mapping[str, Any]):
    """An image that kills its reader."""

    def __getitem__(self, name: str) -> Any:
        raise SystemExit(f"read {name}")

    def __iter__(self) -> Any:
        raise SystemExit("read")

    def __len__(self) -> int:
        raise SystemExit("measured")


def event(*ids: str, age: timedelta, now: datetime = NOW, image: Any = None) -> dict[str, Any]:
    changes = [
        {
            "ApproximateCreationDateTime": int((now - age).timestamp()),
            "Keys": {"id": {"S": each}},
            "NewImage": Untouchable() if image is None else {"id": {"S": each}},
        }
        for each in ids
    ]
    return {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": change} for change in changes]}


def bodies(*works: Work) -> list[str]:
    return [write(work).body for work in works]


def test_accounts_that_come_late_are_decided_by_way_of_the_queue_each_by_itself() -> None:
    world = Tiers()

    told = event("acme", "beta", age=HELD_UP, now=world.now)
    assert tier_trigger_handle(told, world.walk, world.bulk, until=world.now) == {}

    wanted = [DecideAccounts((AccountId(each),), "data") for each in ("acme", "beta")]
    assert [message.body for message in world.queue.sent] == bodies(*wanted)


def test_accounts_that_come_late_are_evaluated_by_way_of_the_queue_each_by_itself() -> None:
    world = Alerting()

    assert alerts_handle(event("acme", "beta", age=HELD_UP), world.service) == {}

    wanted = [EvaluateAlerts(AccountId(each)) for each in ("acme", "beta")]
    assert [message.body for message in world.queue.sent] == bodies(*wanted)


def test_notices_that_come_late_are_sent_by_way_of_the_queue_each_by_itself() -> None:
    world = Outbox()

    notify_handle(event("one", "two", age=HELD_UP, now=world.now, image="id"), world.notifier)

    assert [message.body for message in world.queue.sent] == bodies(SendNotices(("one",)), SendNotices(("two",)))
    assert world.mails == []


def test_the_stream_keeps_what_comes_late_where_the_queue_does_not_take_it() -> None:
    world = Tiers()
    world.queue.down = True

    with pytest.raises(QueueUnavailable):
        tier_trigger_handle(event("acme", age=HELD_UP, now=world.now), world.walk, world.bulk, until=world.now)


def test_one_record_that_comes_late_takes_its_batch_along() -> None:
    on_time, late = event("acme", age=timedelta(0)), event("beta", age=HELD_UP)

    assert is_late({"Records": [*on_time["Records"], *late["Records"]]}, NOW)
    assert not is_late(on_time, NOW)
    assert not is_late(event("acme", age=LATE), NOW)


def test_a_record_that_does_not_say_when_it_was_written_is_not_late() -> None:
    assert not is_late({"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {}}]}, NOW)


def test_what_comes_in_time_is_not_queued() -> None:
    world = Alerting()

    alerts_handle(event("acme", age=timedelta(0), image="id"), world.service)

    assert world.queue.sent == []
