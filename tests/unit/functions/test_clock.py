"""What is due is woken within its minute, once a day that was lost and never twice for long."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.clock.service import ACCOUNTS_A_MESSAGE, OVERLAP, Clock, Woken
from shared.accounts.identity import AccountId
from shared.alerts import outbox
from shared.alerts.notice import AboutBreaker, Channel, Notice, NoticeId, NoticeState
from shared.configuration.breaker_document import trip_to_json
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.pauses import MAIL, Pause, Pauses
from shared.configuration.pauses_document import pauses_to_json
from shared.configuration.reader import PublishedReader
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.documents import MemoryDocuments
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryRuns, MemoryWatermarks
from shared.runtime import messages
from shared.runtime.messages import DecideAccounts, SendHeld, SendNotices, TellOfBreaker, TellOfWaiting
from shared.runtime.ports import QueueUnavailable
from shared.tiers.breaker import Resolution, Trip
from tests.support import builders
from tests.unit.alerts.builders import ANN, NOW, alert, notice

MINUTE = timedelta(minutes=1)
START = NOW + MINUTE
"""Not on a quarter of an hour, when everything due is taken."""


@dataclass
class World:
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    watermarks: MemoryWatermarks = field(default_factory=MemoryWatermarks)
    decide: MemoryQueue = field(default_factory=MemoryQueue)
    notify: MemoryQueue = field(default_factory=MemoryQueue)

    def __post_init__(self) -> None:
        self.watermarks.advance("clock", START)

    def tick(self, now: datetime) -> Woken:
        published = PublishedReader(self.documents, timedelta(0))
        clock = Clock(self.accounts, self.alerts, published, self.runs, self.watermarks, self.decide, self.notify)
        return clock.tick(now)

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
        shapes = (DecideAccounts, SendNotices, SendHeld, TellOfBreaker, TellOfWaiting)
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


def published(world: World, document_id: str, body: Mapping[str, Any]) -> None:
    known = world.documents.get(Kind.PUBLISHED, document_id)
    change = DocumentChange(Kind.PUBLISHED, document_id, known.version if known else 0, body)
    world.documents.commit([change], at=NOW, by="ann", audit=())


def of_breaker(state: NoticeState, due: datetime) -> Notice:
    return replace(held("a", due), id=NoticeId("breaker.1.ada"), about=AboutBreaker("1"), state=state)


def mail_paused(world: World) -> None:
    pause = Pause("why", "ada", START)
    published(world, "pauses", pauses_to_json(Pauses({MAIL: pause})))


def test_the_admins_are_told_of_an_open_breaker_until_somebody_looked() -> None:
    world = World()
    trip = Trip("1", START, demoted=1, accounts=20)
    published(world, "breaker", trip_to_json(trip))

    world.tick(START + MINUTE)
    assert world.asked() == [TellOfBreaker("1")]
    world.tick(START + 4 * MINUTE)
    world.asked()
    world.tick(START + 5 * MINUTE)
    assert world.asked() == []
    world.tick(START + 16 * MINUTE)
    assert world.asked() == [TellOfBreaker("1")], "a sweep, lest the first was lost"

    published(world, "breaker", trip_to_json(trip.resolved(Resolution.RELEASED, "ada", START)))
    world.tick(START + 31 * MINUTE)
    assert world.asked() == []


def test_while_mail_is_paused_only_the_admins_notices_go_on() -> None:
    world = World()
    mail_paused(world)
    due = START + MINUTE
    world.keeps(held("a", due), of_breaker(NoticeState.HELD, due))

    assert world.tick(due).notices == 1
    assert world.asked() == [SendNotices((NoticeId("breaker.1.ada"),))]


def test_a_sweep_does_not_look_through_what_a_pause_holds_and_the_first_after_it_does() -> None:
    world = World()
    mail_paused(world)
    world.keeps(held("a", NOW - timedelta(days=3)))

    assert world.tick(START + 15 * MINUTE).notices == 0

    published(world, "pauses", {})
    world.tick(START + 30 * MINUTE)
    assert world.asked() == [SendHeld(ANN.id)]


def test_at_the_digests_hour_the_admins_are_told_what_a_pause_of_mail_holds() -> None:
    world = World()
    published(world, "settings", {"time_zone": "Asia/Tokyo", "digest_hour": 17})
    mail_paused(world)
    hour = datetime(2026, 11, 22, 8, tzinfo=UTC)

    world.tick(hour - MINUTE)
    assert world.asked() == []
    world.tick(hour)

    assert world.asked() == [TellOfWaiting("2026-11-22")]
