"""A notice: one alert on its way to one recipient; the outbox's row and its states."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from shared.accounts.identity import AccountId
from shared.alerts.alert import AlertId
from shared.alerts.rule import Route

NoticeId = NewType("NoticeId", str)


TOPIC = "alerts"
"""The recipient of the notices for the deployment's topic."""


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
    alert_id: AlertId
    account_id: AccountId
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


def notice_id_for(alert_id: AlertId, channel: Channel, recipient: str) -> NoticeId:
    """One notice an alert, channel and recipient, by construction."""
    return NoticeId(f"{alert_id}.{channel}.{recipient}")
