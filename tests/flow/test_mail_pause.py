"""Mail is paused: nothing goes out, the admins hear daily what waits, and afterwards it goes as digests."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.access.people import User, UserId
from shared.alerts.notice import NoticeState
from shared.alerts.outbox import CONFIRMED_WITHIN
from shared.configuration.pauses import MAIL, Pause, Pauses
from shared.configuration.pauses_document import pauses_to_json
from shared.configuration.published import PAUSES
from shared.memory.directory import MemoryDirectory
from tests.support.world import ANNA, World

ADA = User(UserId("u-ada"), "ada@example.com", "Ada Admin")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CUSTOMERS = 8


def paused(world: World, until: timedelta | None = None) -> None:
    end = None if until is None else world.now + until
    pause = Pause("the owners are wrong", "u-ada", world.now, end)
    world.configure(PAUSES, pauses_to_json(Pauses({MAIL: pause})))


def says(world: World, mrr: str, version: int) -> None:
    for number in range(CUSTOMERS):
        fields = {"name": f"Customer {number}", "mrr": mrr, "owner": ANNA.email}
        world.send_generic({"external_id": f"c-{number}", "version": version, "fields": fields})
    world.settle()


@pytest.fixture
def world() -> World:
    """Eight customers of Anna's have fallen while mail is paused."""
    built = World(directory=MemoryDirectory([ANNA], admins=[ADA]))
    says(built, "1200.00", 1)
    paused(built)
    says(built, "640.00", 2)
    return built


def mails(world: World, user: User) -> list[str]:
    return [mail.subject for mail, _ in world.mail.sent if mail.to == user.email]


def test_nothing_is_sent_and_each_notice_says_why_it_waits(world: World) -> None:
    world.passes(20 * MINUTE)

    assert (world.mail.sent, world.topic.sent) == ([], [])
    assert {(notice.state, notice.reason) for notice in world.alerts.noticed.values()} == {
        (NoticeState.HELD, "mail is paused: the owners are wrong")
    }


def test_the_admins_alone_hear_once_a_day_what_waits(world: World) -> None:
    world.passes(2 * DAY)

    assert mails(world, ADA) == ["Mail is paused: 8 alerts wait"] * 2
    assert mails(world, ANNA) == []
    text = world.mail.sent[0][0].text
    assert "- Churn: 8" in text
    assert "Customer 0" in text
    assert "DELETE https://tiers.example.com/v1/pauses/mail" in text


def test_where_nothing_waits_the_admins_hear_nothing() -> None:
    world = World(directory=MemoryDirectory([ANNA], admins=[ADA]))
    paused(world)

    world.passes(DAY)

    assert world.mail.sent == []


def test_afterwards_what_waited_goes_in_one_mail_a_recipient(world: World) -> None:
    world.passes(40 * MINUTE)
    world.configure(PAUSES, {})

    world.passes(15 * MINUTE)

    assert mails(world, ANNA) == ["8 accounts changed tier: 8 down"]
    assert len(world.topic.sent) == CUSTOMERS
    assert {notice.state for notice in world.alerts.noticed.values()} == {NoticeState.SENT}


def test_a_pause_that_ends_by_itself_sends_by_itself() -> None:
    world = World(directory=MemoryDirectory([ANNA], admins=[ADA]))
    says(world, "1200.00", 1)
    paused(world, until=30 * MINUTE)
    says(world, "640.00", 2)

    world.passes(29 * MINUTE)
    assert mails(world, ANNA) == []
    world.passes(16 * MINUTE)

    assert mails(world, ANNA) == ["8 accounts changed tier: 8 down"]


def test_a_mail_of_unknown_fate_waits_too_and_goes_again_afterwards() -> None:
    world = World(directory=MemoryDirectory([ANNA], admins=[ADA]))
    says(world, "1200.00", 1)
    world.send_generic({"external_id": "c-0", "version": 2, "fields": {"mrr": "640.00"}})
    world.settle()
    (notice,) = [each for each in world.alerts.noticed.values() if each.recipient == ANNA.id]
    world.mail.sent.clear()
    world._read["mail"] = 0
    unanswered = replace(notice, state=NoticeState.CLAIMED, due_at=world.now + CONFIRMED_WITHIN)
    world.alerts.noticed[notice.id] = unanswered
    paused(world)

    world.passes(30 * MINUTE)
    assert mails(world, ANNA) == []
    world.configure(PAUSES, {})
    world.passes(15 * MINUTE)

    assert mails(world, ANNA) == ["Customer 0 moved to Tier 2: Moderate touch"]
