"""The life of a notice, step by step: each function gives the row's next state; the store writes it conditionally."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import assert_never

from shared.alerts.notice import CSM, Channel, Notice, NoticeState

CONFIRMED_WITHIN = timedelta(minutes=10)
"""How long a claim may stay without an answer or a SEND event before it is taken to be lost."""
MOST_CLAIMS = 3
"""How often a notice whose fate stays unknown is sent."""
GIVEN_UP_AFTER = timedelta(hours=72)
SHORTEST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=15)


class Step(Enum):
    """What is to be done with a notice now."""

    SEND = auto()
    SEND_AGAIN = auto()
    """Claimed, and no word of it since: it may have gone out or not."""
    GIVE_UP = auto()
    """Claimed as often as it may be, and never a word."""
    LEAVE = auto()
    """Settled, or in another's hands, or not due."""


class WordKind(Enum):
    SENT = auto()
    """The provider took the mail."""
    RETURNED = auto()
    """It went out, and bounced or was complained about."""


@dataclass(frozen=True, slots=True)
class Word:
    """What the provider tells of a mail some time after."""

    claim: str
    """The mail's tag."""
    kind: WordKind
    provider_id: str
    reason: str


def step(notice: Notice, now: datetime) -> Step:
    match notice.state:
        case NoticeState.PENDING:
            return Step.SEND
        case NoticeState.HELD:
            return Step.SEND if _is_due(notice, now) else Step.LEAVE
        case NoticeState.CLAIMED if _is_due(notice, now):
            return Step.SEND_AGAIN if notice.claims < MOST_CLAIMS else Step.GIVE_UP
        case NoticeState.CLAIMED | NoticeState.SENT | NoticeState.SUPPRESSED | NoticeState.DEAD:
            return Step.LEAVE
        case _:
            assert_never(notice.state)


def claimed(notice: Notice, claim: str, now: datetime) -> Notice:
    return replace(
        notice,
        state=NoticeState.CLAIMED,
        claim=claim,
        claims=notice.claims + 1,
        due_at=now + CONFIRMED_WITHIN,
        reason=None,
    )


def sent(notice: Notice, provider_id: str, now: datetime) -> Notice:
    return replace(notice, state=NoticeState.SENT, provider_id=provider_id, due_at=None, settled_at=now, reason=None)


def held(notice: Notice, until: datetime, why: str) -> Notice:
    return replace(notice, state=NoticeState.HELD, due_at=until, reason=why)


def suppressed(notice: Notice, reason: str, now: datetime) -> Notice:
    return replace(notice, state=NoticeState.SUPPRESSED, due_at=None, settled_at=now, reason=reason)


def dead(notice: Notice, reason: str, now: datetime) -> Notice:
    return replace(notice, state=NoticeState.DEAD, due_at=None, settled_at=now, reason=reason)


def put_off(notice: Notice, cause: str, now: datetime) -> Notice:
    """A claimed notice that surely was not sent: it waits as long again as it has waited, 30 s to 15 minutes, and is
    dead after 72 hours. The clock brings it back, so nothing more need be sent for it not to be lost.

    The claim does not count: however long the provider is down, what is claimed later may still be claimed thrice.
    """
    waited = now - notice.created_at
    if waited >= GIVEN_UP_AFTER:
        return dead(notice, f"not sent within 72 hours: {cause}", now)
    due = now + min(max(waited, SHORTEST_RETRY), LONGEST_RETRY)
    return replace(held(notice, due, f"to be sent again: {cause}"), claim=None, claims=notice.claims - 1)


def heard(notice: Notice, word: Word, now: datetime) -> Notice:
    """The notice after the provider's word on its mail; the same where that says nothing new."""
    if notice.state not in (NoticeState.CLAIMED, NoticeState.SENT):
        return notice
    match word.kind:
        case WordKind.SENT:
            return sent(notice, word.provider_id, now) if notice.state is NoticeState.CLAIMED else notice
        case WordKind.RETURNED:
            settled_at = notice.settled_at or now
            return replace(sent(notice, word.provider_id, settled_at), reason=word.reason)
        case _:
            assert_never(word.kind)


def goes_alone(notice: Notice) -> bool:
    """Not in a digest and not paced: the topic gets one message an alert, for programs read it; what admins are told of
    the deployment is rare, and each a thing of its own; what is for an account's CSM has first to learn who that is.
    """
    return notice.channel is Channel.TOPIC or notice.for_admins or notice.recipient == CSM


def _is_due(notice: Notice, now: datetime) -> bool:
    return notice.due_at is None or notice.due_at <= now
