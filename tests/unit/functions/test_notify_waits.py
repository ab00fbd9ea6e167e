"""What does not go at once: the rest of a flood, a digest, and what an outage holds up."""

from datetime import timedelta

from functions.notify.handler import handle
from shared.alerts import outbox
from shared.alerts.notice import Channel
from shared.alerts.store import SendFailed
from shared.runtime.failures import Retryable
from tests.unit.alerts.builders import ANN, NOW
from tests.unit.functions.outbox_world import (
    DEAD,
    HELD,
    SENT,
    World,
    mail_of,
)


def test_five_go_at_once_and_the_rest_in_one_mail_when_the_window_ends() -> None:
    world = World()
    for number in range(12):
        world.raises(f"a{number}")

    handle(world.streams(), world.notifier)
    assert len(world.mails) == 5
    assert len(world.topic.sent) == 12

    world.settles(minutes=12)

    assert len(world.mails) == 6
    assert world.mails[-1].subject == "7 accounts changed tier: 7 down"
    assert world.states == {SENT}
    assert len({notice.claim for notice in world.store.noticed.values() if notice.channel is Channel.MAIL}) == 6


def test_a_flood_goes_in_mails_of_ninety_and_never_more_than_five_in_ten_minutes() -> None:
    world = World()
    for number in range(600):
        world.raises(f"a{number}")

    world.settles(world.streams(), minutes=9)
    assert len(world.mails) == 5
    world.settles(minutes=40)

    assert len(world.mails) == 5 + 7
    assert world.states == {SENT}


def test_a_digest_waits_for_its_hour_and_is_one_mail() -> None:
    world = World()
    world.raises("one", up=True)
    world.raises("two", up=True)

    handle(world.streams(), world.notifier)
    assert world.mails == []
    assert len(world.topic.sent) == 2
    world.settles(minutes=59)
    assert world.mails == []
    world.settles(minutes=2)

    (mail,) = world.mails
    assert mail.subject == "2 accounts changed tier: 2 up"
    assert world.states == {SENT}


def test_a_throttled_mail_waits_and_goes() -> None:
    world = World()
    world.raises()
    world.mail.fail_with = [SendFailed("send mail: Throttling")] * 3

    handle(world.streams(), world.notifier)
    waiting = mail_of(world)
    assert (waiting.state, waiting.due_at, waiting.claims) == (HELD, NOW + outbox.SHORTEST_RETRY, 0)
    world.settles(minutes=30)

    assert len(world.mails) == 1
    assert world.states == {SENT}


def test_a_throttled_topic_message_waits_and_goes_alone() -> None:
    world = World()
    world.raises("one")
    world.raises("two")
    world.topic.fail_with = [SendFailed("publish to the topic: Throttled")] * 2

    world.settles(world.streams(), minutes=5)

    assert len(world.topic.sent) == 2
    assert world.states == {SENT}


def test_after_an_outage_what_waited_goes_together() -> None:
    world = World()
    world.mail.fail_with = [SendFailed("send mail: ServiceUnavailable")] * 40
    for number in range(4):
        world.raises(f"a{number}")

    world.settles(world.streams(), minutes=600)

    assert sorted(name for mail in world.mails for name in "0123" if f"Account a{name}" in mail.text) == list("0123")
    assert len(world.mails) < 4
    assert world.states == {SENT}


def test_an_outage_of_three_days_ends_with_a_reason() -> None:
    world = World()
    world.raises()
    world.mail.fail_with = [SendFailed("send mail: Throttling")] * 10_000

    handle(world.streams(), world.notifier)
    for _ in range(75):
        world.now += timedelta(hours=1)
        world.settles(minutes=1)

    assert mail_of(world).state is DEAD
    assert mail_of(world).reason == "not sent within 72 hours: send mail: Throttling"


def test_a_refused_address_ends_at_once_with_the_reason() -> None:
    world = World()
    world.raises()
    world.mail.refused = {ANN.email}

    world.settles(world.streams())

    assert mail_of(world).state is DEAD
    assert mail_of(world).reason == "refused: the address is on the suppression list"
    assert world.mails == []


def test_a_mail_whose_fate_stays_unknown_is_sent_three_times_at_most() -> None:
    world = World(confirms=False)
    world.raises()
    world.mail.fail_with = [Retryable("timed out")] * 10

    world.settles(world.streams(), minutes=120)

    assert len(world.mail.fail_with) == 10 - outbox.MOST_CLAIMS
    assert mail_of(world).state is DEAD
    assert mail_of(world).reason == "sent 3 times without an answer"


def test_a_claim_is_left_to_its_sender_for_ten_minutes() -> None:
    world = World(confirms=False)
    world.raises()
    world.mail.fail_with = [Retryable("timed out")]

    world.settles(world.streams(), minutes=9)
    assert world.mails == []
    world.settles(minutes=3)

    assert len(world.mails) == 1
    assert world.states == {SENT}
