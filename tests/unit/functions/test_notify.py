"""Each notice goes out once, in good time and in bounds, whatever fails in between."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.notify.handler import handle
from functions.notify.service import Outrun
from shared.access.people import UserId
from shared.alerts.message import Mail
from shared.alerts.notice import AboutAlert, Notice, NoticeId, NoticeState
from shared.alerts.store import NoticeTaken, Window, WindowMoved
from shared.memory.alerts import MemoryAlerts
from shared.memory.mail import MemoryMail
from shared.runtime.failures import Retryable
from shared.runtime.messages import SendHeld, SendNotices, write
from tests.unit.alerts.builders import ANN, NOW, audience
from tests.unit.functions.outbox_world import (
    MINUTE,
    SENT,
    Crash,
    Fault,
    World,
    mail_of,
    queue_event,
    stream_event,
    write_event,
)


def test_a_new_notice_is_mailed_and_published_at_once() -> None:
    world = World()
    world.raises()

    handle(world.streams(), world.notifier)

    (mail,) = world.mails
    assert (mail.to, mail.subject) == (ANN.email, "Account acme moved to Tier 2: Moderate touch")
    assert "https://tiers.example.com/why/" in mail.text
    assert len(world.topic.sent) == 1
    assert world.states == {SENT}
    assert {notice.provider_id for notice in world.store.noticed.values()} == {"mail-1", "topic-1"}


def test_fifty_deliveries_of_one_notice_are_one_mail() -> None:
    world = World()
    world.raises()

    for _ in range(50):
        handle(world.streams(), world.notifier)
    world.settles(minutes=30)

    assert len(world.mails) == 1
    assert len(world.topic.sent) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", [Crash(), Retryable("timed out")], ids=["crash", "time-out"])
def test_one_mail_whatever_port_call_fails(*, after: bool, error: BaseException) -> None:
    for at in range(1, 1_000):
        world = World(fault=Fault(at, after=after, error=error))
        world.raises()

        world.settles(world.streams(), minutes=25)

        assert len(world.mails) == 1, f"call {at}"
        assert 1 <= len(world.topic.sent) <= 2, f"call {at}"
        assert world.states == {SENT}, f"call {at}"
        if not world.fault.struck:
            assert at > 10
            return
    pytest.fail("the calls did not end")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", [Crash(), Retryable("timed out")], ids=["crash", "time-out"])
def test_a_storm_is_told_once_whatever_port_call_fails(*, after: bool, error: BaseException) -> None:
    for at in range(1, 1_000):
        world = World(fault=Fault(at, after=after, error=error))
        names = [f"n{number}" for number in range(7)]
        for name in names:
            world.raises(name)

        world.settles(world.streams(), minutes=26)

        told = [name for mail in world.mails for name in names if f"Account {name}" in mail.text]
        assert sorted(told) == names, f"call {at}"
        assert world.states == {SENT}, f"call {at}"
        if not world.fault.struck:
            assert len(world.mails) == 6
            return
    pytest.fail("the calls did not end")


@pytest.mark.parametrize("error", [Crash(), Retryable("timed out")], ids=["crash", "time-out"])
def test_a_lost_confirmation_costs_one_more_mail_at_most(error: BaseException) -> None:
    for at in range(1, 1_000):
        world = World(fault=Fault(at, after=True, error=error), confirms=False)
        world.raises()

        world.settles(world.streams(), minutes=25)

        assert 1 <= len(world.mails) <= 2, f"call {at}"
        assert world.states == {SENT}, f"call {at}"
        if not world.fault.struck:
            return
    pytest.fail("the calls did not end")


def test_a_mail_that_was_doubled_is_in_the_same_thread() -> None:
    world = World(confirms=False)
    world.raises()
    world.mail.fail_with = [Retryable("timed out")]

    world.settles(world.streams(), minutes=25)

    assert {mail.thread for mail in world.mails} == {"acme.tier-lowered.2"}


class Contested(MemoryAlerts):
    """A store where another worker acts right before the next move."""

    def __init__(self) -> None:
        super().__init__()
        self.rival: Callable[[], object] | None = None

    def move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None = None) -> None:
        if acts := self.rival:
            self.rival = None
            acts()
        super().move(moves, window)


class Hasty(MemoryMail):
    """A provider that tells of a mail before it answers."""

    tells: Callable[[str], object]

    def send(self, mail: Mail, *, tag: str) -> str:
        provider_id = super().send(mail, tag=tag)
        self.tells(tag)
        return provider_id


def contested() -> tuple[World, Contested]:
    store = Contested()
    return World(store=store), store


def test_of_two_workers_one_mails() -> None:
    world, store = contested()
    world.raises()
    store.rival = lambda: handle(world.streams(), world.another_worker())

    handle(world.streams(), world.notifier)

    assert len(world.mails) == 1
    assert len(world.topic.sent) == 1
    assert world.states == {SENT}


def test_a_rival_for_the_same_window_costs_a_second_look() -> None:
    world, store = contested()
    first, second = world.raises("one"), world.raises("two")
    store.rival = lambda: handle(stream_event([first[1].id]), world.another_worker())

    handle(stream_event([second[1].id]), world.notifier)

    assert len(world.mails) == 2
    assert world.store.windows[ANN.id].count == 2


@pytest.mark.parametrize("error", [NoticeTaken("a transaction was in the way"), WindowMoved("moved")])
def test_a_conflict_that_took_nothing_loses_nothing(error: Exception) -> None:
    world, store = contested()
    world.raises()

    def conflict() -> None:
        raise error

    store.rival = conflict
    handle(world.streams(), world.notifier)

    assert len(world.mails) == 1


class Stuck(MemoryAlerts):
    """A store that never lets a notice move."""

    def move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None = None) -> None:
        raise NoticeTaken(f"{len(moves)} moves and {window} are refused")


def test_what_can_not_be_claimed_now_goes_on_the_queue_one_by_one() -> None:
    world = World(store=Stuck())
    notices = world.raises()

    assert handle(world.streams(), world.notifier) == {}

    assert [message.body for message in world.queue.sent] == [write(SendNotices((each.id,))).body for each in notices]
    assert world.mails == []


def test_what_waits_and_can_not_be_claimed_is_asked_for_again() -> None:
    world = World(store=Stuck())
    world.raises(up=True)
    world.now += timedelta(hours=2)

    with pytest.raises(Outrun):
        world.notifier.send_held(ANN.id)


def test_two_who_send_what_waits_send_it_once() -> None:
    world, store = contested()
    world.raises("one", up=True)
    world.now += timedelta(hours=2)
    store.rival = lambda: world.another_worker().send_held(ANN.id)

    world.notifier.send_held(ANN.id)

    assert len(world.mails) == 1


def test_the_providers_word_may_come_before_its_answer_is_marked() -> None:
    mail = Hasty()
    world = World(mail=mail)
    world.raises()
    mail.tells = lambda tag: handle(queue_event(write_event("Email Sent", tag).body), world.another_worker())

    handle(world.streams(), world.notifier)

    assert mail_of(world).state is SENT
    assert len(world.mails) == 1


@pytest.mark.parametrize(
    ("kind", "detail", "reason"),
    [
        (
            "Email Bounced",
            {"bounce": {"bounceType": "Permanent", "bounceSubType": "General"}},
            "bounced: Permanent, General",
        ),
        ("Email Complaint Received", {"complaint": {"complaintFeedbackType": "abuse"}}, "its reader complained: abuse"),
        ("Email Complaint Received", {"complaint": {}}, "its reader complained: no reason given"),
    ],
)
def test_what_became_of_a_mail_is_kept_with_the_notice(kind: str, detail: dict[str, object], reason: str) -> None:
    world = World()
    world.raises()
    handle(world.streams(), world.notifier)

    handle(queue_event(write_event(kind, "claim-1", **detail).body), world.notifier)

    assert (mail_of(world).state, mail_of(world).reason) == (SENT, reason)
    assert mail_of(world).settled_at == NOW


@pytest.mark.parametrize("kind", ["Email Delivered", "Email Sent"])
def test_an_event_that_says_nothing_new_changes_nothing(kind: str) -> None:
    world = World()
    world.raises()
    handle(world.streams(), world.notifier)
    before = dict(world.store.noticed)

    answers = [
        handle(queue_event(write_event(kind, claim).body), world.notifier) for claim in ("claim-1", "another-claim")
    ]

    assert answers == [{"batchItemFailures": []}] * 2
    assert world.store.noticed == before


def test_mail_of_others_in_the_same_account_is_no_news() -> None:
    world = World()
    untagged = '{"detail-type": "Email Sent", "source": "aws.ses", "detail": {"mail": {"tags": {}}}}'

    assert handle(queue_event(untagged), world.notifier) == {"batchItemFailures": []}


def test_a_csm_who_left_gets_no_mail_and_the_notice_says_so() -> None:
    world = World()
    world.raises()
    world.directory.users.clear()

    world.settles(world.streams())

    assert mail_of(world).state is NoticeState.SUPPRESSED
    assert mail_of(world).reason == "the recipient is no longer an active user, nor a fallback recipient"


def test_the_address_is_the_one_the_user_has_now() -> None:
    world = World()
    world.raises()
    world.directory.users[:] = [replace(ANN, email="ann.new@example.com")]

    handle(world.streams(), world.notifier)

    assert world.mails[0].to == "ann.new@example.com"


def test_an_address_that_is_no_longer_a_fallback_recipient_is_not_mailed() -> None:
    world = World()
    world.raises(told=audience(None, "former@example.com"))

    world.settles(world.streams())

    assert mail_of(world).state is NoticeState.SUPPRESSED


def test_a_user_named_as_fallback_is_not_called_the_csm() -> None:
    world = World()
    world.directory.users.append(replace(ANN, id=UserId("u-ops"), email="ops@example.com"))
    world.raises(told=audience(None, "ops@example.com"))

    handle(world.streams(), world.notifier)

    assert "you are named for such accounts" in world.mails[0].text


def test_an_alert_that_is_no_longer_kept_is_not_told() -> None:
    world = World()
    world.raises()
    world.store.alerts.clear()

    world.settles(world.streams())

    assert {notice.reason for notice in world.store.noticed.values()} == {"its alert is no longer kept"}


def test_a_poison_message_fails_alone() -> None:
    world = World()
    world.raises()
    good = write(SendHeld(ANN.id)).body

    answer = handle(
        queue_event("not json", '{"do": "DecideAccounts", "account_ids": [], "cause": "x"}', good), world.notifier
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}


def test_no_address_is_in_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.names_fallback("ops@example.com")
    world.raises(told=audience(None, "ops@example.com"))
    world.mail.fail_with = [Retryable("send mail: ReadTimeoutError, it may have gone out")]

    handle(world.streams(), world.notifier)
    handle(queue_event('{"do": "SendHeld", "recipient": "ops@example.com", "more": 1}'), world.notifier)

    logged = [vars(record) for record in caplog.records]
    assert [entry["failure"] for entry in logged] == ["send mail: ReadTimeoutError, it may have gone out", "BadMessage"]
    assert "@example.com" not in str(logged)


def test_a_fallback_recipient_is_mailed_as_named() -> None:
    world = World()
    world.names_fallback("ops@example.com")
    world.raises(told=audience(None, "ops@example.com"))

    handle(world.streams(), world.notifier)

    assert [mail.to for mail in world.mails] == ["ops@example.com"]
    assert "you are named for such accounts" in world.mails[0].text


def test_a_notice_that_does_not_exist_is_left() -> None:
    world = World()

    assert world.notifier.send([NoticeId("gone")]) == []


def test_the_wait_is_measured_from_the_delivery_that_led_to_the_alert() -> None:
    world = World()
    notices = world.raises()
    about = notices[0].about
    assert isinstance(about, AboutAlert)
    account = world.accounts.accounts[about.account_id]
    ((key, record),) = account.records.items()
    world.accounts.accounts[account.id] = replace(
        account, records={key: replace(record, received_at=NOW - timedelta(milliseconds=140))}
    )

    (delivery,) = world.notifier.send([notices[1].id])

    assert delivery.waited == timedelta(milliseconds=140)


def test_what_is_due_is_held_by_the_clock_until_then() -> None:
    world = World()
    world.raises(up=True)
    held = mail_of(world)

    assert world.notifier.send([held.id]) == []
    assert world.notifier.send_held(ANN.id) == []
    assert held.due_at == NOW + 60 * MINUTE
