"""A notice: what one recipient is to be told, on its way; the outbox's row and its states."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, assert_never

from shared.accounts.identity import AccountId
from shared.alerts.alert import AlertId
from shared.alerts.rule import Route

NoticeId = NewType("NoticeId", str)


TOPIC = "alerts"
"""The recipient of the notices for the deployment's topic."""
CSM = "csm"
"""The recipient of a notice for whoever is the account's CSM once its time has come: then a user's id stands there."""
NOBODY = "nobody"
"""The recipient of the notice that records that there is none."""


@dataclass(frozen=True, slots=True)
class AboutAlert:
    """That an alert was raised on an account."""

    alert_id: AlertId
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class AboutBreaker:
    """That the breaker tripped: for the admins."""

    breaker_id: str


@dataclass(frozen=True, slots=True)
class AboutWaiting:
    """What waits while mail is paused, once a day: for the admins."""

    day: str
    """The local date, `2026-11-22`."""


@dataclass(frozen=True, slots=True)
class AboutExpiry:
    """That an override ends soon: for its author and the account's CSM. Moments are microseconds since 1970."""

    account_id: AccountId
    set_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class AboutRequest:
    """That somebody asks for an override: for the managers. Moments are microseconds since 1970."""

    account_id: AccountId
    asked_at: int


@dataclass(frozen=True, slots=True)
class AboutAnswer:
    """What a manager made of a request: for who asked. Moments are microseconds since 1970."""

    account_id: AccountId
    asked_at: int
    answered_at: int


type AboutOverride = AboutExpiry | AboutRequest | AboutAnswer
type About = AboutAlert | AboutBreaker | AboutWaiting | AboutOverride


class Channel(StrEnum):
    MAIL = "mail"
    TOPIC = "topic"
    """The deployment's SNS topic."""


class NoticeState(StrEnum):
    """pending → claimed → sent; or pending → held → claimed → sent; or suppressed, or dead, with a reason.

    A claimed one that the provider surely did not take is held again.
    """

    PENDING = "pending"
    HELD = "held"
    """Waits for `due_at` to go out with others in one mail: a digest, the sixth within ten minutes, a failed one."""
    CLAIMED = "claimed"
    """A sender took it under `claim`; unless marked or confirmed it is taken again ten minutes later."""
    SENT = "sent"
    SUPPRESSED = "suppressed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Notice:
    id: NoticeId
    about: About
    channel: Channel
    recipient: str
    """For mail a user's id or a fallback recipient's address; `alerts` for the topic."""
    route: Route
    created_at: datetime
    state: NoticeState = NoticeState.PENDING
    due_at: datetime | None = None
    """When the clock brings it back: a held one to be sent, a claimed one to be settled."""
    claim: str | None = None
    """The id that all notices of one mail share; the mail's message tag."""
    claims: int = 0
    settled_at: datetime | None = None
    reason: str | None = None
    """Why it is held, suppressed or dead, or what became of it after it was sent: a bounce, a complaint."""
    provider_id: str | None = None
    """SES's or SNS's id of the message."""

    @property
    def alert_id(self) -> AlertId | None:
        """None where it tells of no alert."""
        return self.about.alert_id if isinstance(self.about, AboutAlert) else None

    @property
    def for_admins(self) -> bool:
        """It tells of the deployment itself: no pause of mail keeps it back, no digest takes it in."""
        return isinstance(self.about, (AboutBreaker, AboutWaiting))


def admin_notice_id_for(about: AboutBreaker | AboutWaiting, recipient: str) -> NoticeId:
    """One notice a recipient of each trip, and of each day, by construction."""
    match about:
        case AboutBreaker(breaker_id):
            return NoticeId(f"breaker.{breaker_id}.{recipient}")
        case AboutWaiting(day):
            return NoticeId(f"waiting.{day}.{recipient}")
        case _:
            assert_never(about)


def override_notice_id_for(about: AboutOverride, recipient: str) -> NoticeId:
    """One notice a recipient of each override's end, of each request, and of each answer, by construction."""
    match about:
        case AboutExpiry(account_id, set_at, ends_at):
            return NoticeId(f"expiry.{account_id}.{set_at}.{ends_at}.{recipient}")
        case AboutRequest(account_id, asked_at):
            return NoticeId(f"request.{account_id}.{asked_at}.{recipient}")
        case AboutAnswer(account_id, asked_at, answered_at):
            return NoticeId(f"answer.{account_id}.{asked_at}.{answered_at}.{recipient}")
        case _:
            assert_never(about)


def notice_id_for(alert_id: AlertId, channel: Channel, recipient: str) -> NoticeId:
    """One notice an alert, channel and recipient, by construction."""
    return NoticeId(f"{alert_id}.{channel}.{recipient}")
