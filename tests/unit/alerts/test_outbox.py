"""A notice's life: what may be done with it when, and that it always comes to an end."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.alerts import outbox
from shared.alerts.notice import Channel, NoticeState
from shared.alerts.outbox import Step, step
from tests.unit.alerts.builders import NOW, notice

SOON = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "due", "claims", "expected"),
    [
        (NoticeState.PENDING, None, 0, Step.SEND),
        (NoticeState.HELD, SOON, 0, Step.LEAVE),
        (NoticeState.HELD, NOW, 0, Step.SEND),
        (NoticeState.CLAIMED, SOON, 1, Step.LEAVE),
        (NoticeState.CLAIMED, NOW, 1, Step.SEND_AGAIN),
        (NoticeState.CLAIMED, NOW, outbox.MOST_CLAIMS, Step.GIVE_UP),
        (NoticeState.SENT, None, 1, Step.LEAVE),
        (NoticeState.SUPPRESSED, None, 0, Step.LEAVE),
        (NoticeState.DEAD, None, 3, Step.LEAVE),
    ],
)
def test_the_next_step(state: NoticeState, due: datetime | None, claims: int, expected: Step) -> None:
    assert step(replace(notice(state=state, claims=claims), due_at=due), NOW) is expected


def test_a_claim_is_settled_within_ten_minutes_or_sent_again() -> None:
    claimed = outbox.claimed(notice(), "c-1", NOW)

    assert (claimed.claim, claimed.claims) == ("c-1", 1)
    assert step(claimed, NOW + timedelta(minutes=9)) is Step.LEAVE
    assert step(claimed, NOW + timedelta(minutes=10)) is Step.SEND_AGAIN


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(0), timedelta(seconds=30)),
        (timedelta(minutes=4), timedelta(minutes=4)),
        (timedelta(hours=5), timedelta(minutes=15)),
    ],
)
def test_what_was_surely_not_sent_waits_and_its_claim_does_not_count(age: timedelta, pause: timedelta) -> None:
    now = NOW + age
    put_off = outbox.put_off(outbox.claimed(notice(), "c-1", now), "throttled", now)

    assert (put_off.state, put_off.claim, put_off.claims) == (NoticeState.HELD, None, 0)
    assert put_off.due_at == now + pause
    assert put_off.reason == "to be sent again: throttled"


def test_an_outage_of_three_days_ends_in_a_reason() -> None:
    now = NOW + timedelta(hours=72)
    ended = outbox.put_off(outbox.claimed(notice(), "c-1", now), "throttled", now)

    assert (ended.state, ended.due_at, ended.settled_at) == (NoticeState.DEAD, None, now)
    assert ended.reason == "not sent within 72 hours: throttled"


def test_a_settled_notice_leaves_the_clock_alone() -> None:
    claimed = outbox.claimed(outbox.held(notice(), SOON, "held"), "c-1", NOW)

    for settled in (
        outbox.sent(claimed, "ses-1", NOW),
        outbox.dead(claimed, "refused", NOW),
        outbox.suppressed(claimed, "muted", NOW),
    ):
        assert settled.due_at is None
        assert settled.settled_at == NOW
    assert outbox.sent(claimed, "ses-1", NOW).reason is None


def test_only_the_topic_gets_each_notice_alone() -> None:
    assert outbox.goes_alone(notice(channel=Channel.TOPIC))
    assert not outbox.goes_alone(notice())
