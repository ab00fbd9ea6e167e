"""What is due is woken within its minute, once a day that was lost and never twice for long."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from functions.clock.service import ACCOUNTS_A_MESSAGE, OVERLAP, Clock, Woken
from shared.accounts.identity import AccountId
from shared.alerts import outbox
from shared.alerts.notice import Channel, Notice, NoticeState
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryWatermarks
from shared.runtime import messages
from shared.runtime.messages import DecideAccounts, SendHeld, SendNotices
from shared.runtime.ports import QueueUnavailable
from tests.support import builders
from tests.unit.alerts.builders import ANN, NOW, alert, notice

MINUTE = timedelta(minutes=1)
START = NOW + MINUTE
"""Not on a quarter of an hour, when everything due is taken."""


@dataclass
class World:
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    watermarks: MemoryWatermarks = field(default_factory=MemoryWatermarks)
    decide: MemoryQueue = field(default_factory=MemoryQueue)
    notify: MemoryQueue = field(default_factory=MemoryQueue)

    def __post_init__(self) -> None:
        self.watermarks.advance("clock", START)

    def tick(self, now: datetime) -> Woken:
        return Clock(self.accounts, self.alerts, self.watermarks, self.decide, self.notify).tick(now)

    def due(self, account: str, at: datetime) -> None:
        self.accounts.accounts[AccountId(account)] = replace(builders.account(account), due_at=at)

    def keeps(self, *notices: Notice) -> None:
        self.alerts.noticed.update({each.id: each for each in notices})

    def woken(self) -> list[str]:
        """The accounts sent to be decided, once for each time."""
        return [account for work in self._taken(self.decide) for account in getattr(work, "account_ids", ())]

    def asked(self) -> list[messages.Work]:
        return self._taken(self.notify)

    @staticmethod
    def _taken(queue: MemoryQueue) -> list[messages.Work]:
        shapes = (DecideAccounts, SendNotices, SendHeld)
        return [messages.read(message.body, shapes) for message in queue.take()]


def held(account: str, due: datetime, recipient: str = ANN.id, channel: Channel = Channel.MAIL) -> Notice:
    return notice(alert(account), recipient=recipient, channel=channel, state=NoticeState.HELD, due_at=due)


def test_an_account_is_woken_at_its_moment() -> None:
    world = World()
    world.due("acme", START + MINUTE)
    world.due("later", START + MINUTE + timedelta(microseconds=1))

    assert world.tick(START + MINUTE) == Woken(accounts=1, notices=0, swept=False)
    assert world.woken() == ["acme"]


def test_what_an_index_showed_late_is_taken_by_the_next_tick() -> None:
    world = World()
    world.tick(START + MINUTE)
    world.due("late", START + MINUTE - OVERLAP / 2)

    world.tick(START + 2 * MINUTE)

    assert world.woken() == ["late"]


def test_the_first_tick_of_all_looks_back_to_the_beginning() -> None:
    world = World(watermarks=MemoryWatermarks())
    world.watermarks.reached.clear()
    world.due("old", NOW - timedelta(days=400))

    assert world.tick(START).swept
    assert world.woken() == ["old"]


def test_after_a_day_down_each_account_is_woken_once() -> None:
    world = World()
    names = [f"a{number}" for number in range(60)]
    for number, name in enumerate(names):
        world.due(name, START + number * timedelta(minutes=20))

    world.tick(START + timedelta(days=1))

    assert sorted(world.woken()) == sorted(names)


def test_a_quarter_of_an_hour_sweeps_what_is_still_due() -> None:
    world = World()
    world.due("forgotten", NOW - timedelta(days=3))

    swept = [world.tick(START + minutes * MINUTE).swept for minutes in range(1, 61)]

    assert swept.count(True) == 4
    assert world.woken() == ["forgotten"] * 4


def test_many_accounts_go_in_few_messages() -> None:
    world = World()
    for number in range(ACCOUNTS_A_MESSAGE + 1):
        world.due(f"a{number}", START + MINUTE)

    world.tick(START + MINUTE)

    works = world._taken(world.decide)
    assert [len(work.account_ids) for work in works if isinstance(work, DecideAccounts)] == [ACCOUNTS_A_MESSAGE, 1]
    assert {work.cause for work in works if isinstance(work, DecideAccounts)} == {"expiry"}


def test_what_waits_for_one_recipient_is_asked_for_once() -> None:
    world = World()
    due = START + MINUTE
    world.keeps(held("a", due), held("b", due), held("c", due, "u-bob"), held("d", due + MINUTE, "u-cyd"))

    world.tick(due)

    assert world.asked() == [SendHeld(ANN.id), SendHeld("u-bob")]


def test_what_is_held_for_the_topic_is_asked_for_one_by_one() -> None:
    world = World()
    due = START + MINUTE
    first, second = (held(name, due, "alerts", Channel.TOPIC) for name in "ab")
    world.keeps(first, second)

    world.tick(due)

    assert world.asked() == [SendNotices((first.id,)), SendNotices((second.id,))]


def test_a_claim_without_an_answer_is_asked_for_as_one() -> None:
    world = World()
    claimed = [
        outbox.claimed(notice(alert(name)), claim, START) for name, claim in [("a", "c-1"), ("b", "c-2"), ("c", "c-1")]
    ]
    world.keeps(*claimed)

    world.tick(START + outbox.CONFIRMED_WITHIN)

    assert world.asked() == [SendNotices((claimed[0].id, claimed[2].id)), SendNotices((claimed[1].id,))]


def test_a_queue_that_is_down_costs_a_minute_and_nothing_else() -> None:
    world = World()
    world.due("acme", START + MINUTE)
    world.keeps(held("a", START + MINUTE))
    world.notify.down = True

    with pytest.raises(QueueUnavailable):
        world.tick(START + MINUTE)
    assert world.watermarks.get("clock") == START

    world.notify.down = False
    world.tick(START + 2 * MINUTE)
    assert "acme" in world.woken()
    assert world.asked() == [SendHeld(ANN.id)]
    assert world.watermarks.get("clock") == START + 2 * MINUTE


def test_a_schedule_that_fires_twice_wakes_the_same_and_loses_nothing() -> None:
    world = World()
    world.due("acme", START + MINUTE)

    world.tick(START + MINUTE)
    world.tick(START + MINUTE)

    assert set(world.woken()) == {"acme"}


def test_with_nothing_due_nothing_is_sent() -> None:
    world = World()

    assert world.tick(START + MINUTE) == Woken(0, 0, swept=False)
    assert world.decide.sent == world.notify.sent == []
