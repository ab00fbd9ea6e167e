"""The ports of alerting: alerts and notices, mail, topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.accounts.identity import AccountId, RuleId
from shared.accounts.listing import Page
from shared.alerts.alert import Alert, AlertId, AlertState
from shared.alerts.message import Mail
from shared.alerts.notice import Notice, NoticeId
from shared.alerts.rule import AlertType

MAX_MOVES = 90
MAX_CLAIMS = 9


class EvaluationMoved(Exception):
    """Another worker evaluated the account's alerts meanwhile: read again and do it again."""


class NoticeTaken(Exception):
    """Another sender claimed one of the notices: leave it to that one."""


class WindowMoved(Exception):
    """The recipient's window changed since it was read: read again and do it again."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that one evaluation of an account's alert rules writes, or nothing of it."""

    account_id: AccountId
    seen: int
    """The last row of tier history evaluated before."""
    now_seen: int
    alerts: tuple[Alert, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """How many notices went to one recipient by themselves since `opened_at`."""

    recipient: str
    opened_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class AlertFilter:
    account: AccountId | None = None
    rule: RuleId | None = None
    state: AlertState | None = None
    owner: str | None = None
    type: AlertType | None = None

    def matches(self, alert: Alert) -> bool:
        return (
            self.account in (None, alert.account_id)
            and self.rule in (None, alert.rule)
            and self.state in (None, alert.state)
            and self.owner in (None, alert.owner)
            and self.type in (None, alert.type)
        )


def check_moves(moves: Sequence[tuple[Notice, Notice]]) -> None:
    """What one transaction can't move raises ValueError in every store."""
    ids = {before.id for before, _ in moves}
    claims = {after.claim for _, after in moves}
    if len(moves) > MAX_MOVES or len(claims) > MAX_CLAIMS or len(ids) < len(moves):
        raise ValueError(f"at most {MAX_MOVES} notices move at once, each once, under at most {MAX_CLAIMS} claims")
    if any(before.id != after.id for before, after in moves):
        raise ValueError("a notice moves to a state of its own")


class AlertStore(Protocol):
    def seen(self, account_id: AccountId) -> int:
        """The last row of the account's tier history that its alert rules have been evaluated on; 0 at first."""
        ...

    def record(self, evaluation: Evaluation) -> None:
        """Writes it in one transaction (or several that each leave a true state, where rows exceed one); raises
        EvaluationMoved where `seen` is no longer so.
        """
        ...

    def alert(self, alert_id: AlertId) -> Alert | None: ...

    def alerts_by_id(self, ids: Sequence[AlertId]) -> dict[AlertId, Alert]:
        """Strongly consistent, a hundred in one call; those that don't exist are left out."""
        ...

    def page(self, where: AlertFilter, *, limit: int, cursor: str | None) -> Page[Alert]:
        """Newest first for an account; otherwise a bounded scan. Raises BadCursor."""
        ...


class NoticeStore(Protocol):
    def notices(self, ids: Sequence[NoticeId]) -> dict[NoticeId, Notice]:
        """Strongly consistent; those that don't exist are left out."""
        ...

    def claimed(self, claim: str) -> Sequence[Notice]:
        """All notices of mails that were moved to CLAIMED under this claim and still bear it, whatever their state is
        now; strongly consistent. A provider's event knows the claim alone. The topic has no events.
        """
        ...

    def waiting(self, recipient: str, *, until: datetime) -> Sequence[Notice]:
        """Held notices of a recipient that go together and are due by `until`, oldest first; at most 100."""
        ...

    def held(self, *, until: datetime, at_most: int) -> Sequence[Notice]:
        """Some of the held notices that are due by `until`, in no order; eventually consistent."""
        ...

    def add(self, notices: Sequence[Notice]) -> None:
        """Records those whose id is new, each by itself: of those there are already nothing changes."""
        ...

    def window(self, recipient: str) -> Window | None: ...

    def move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None = None) -> None:
        """Writes the second of each pair over the first, and the recipient's new window over the old where given,
        in one transaction on condition that what is stored (`state` and `claim`; the window) is still the first.

        At most 90 pairs with at most 9 claims, each pair of one notice. Raises NoticeTaken or WindowMoved. A single
        pair that was written before, to the letter, is no failure: the answer to it may have been lost.
        """
        ...

    def due(self, *, after: datetime, until: datetime) -> Sequence[Notice]:
        """Held and claimed notices whose `due_at` lies in (after, until]."""
        ...


class SendRefused(Exception):
    """The provider will never take this message: a bad address, a suppressed recipient, an unverified sender."""


class SendFailed(Exception):
    """The provider did not take the message now (throttled, down): it may be sent again, it was surely not sent."""


class MailSender(Protocol):
    def send(self, mail: Mail, *, tag: str) -> str:
        """Sends it and returns the provider's message id. `tag` comes back in the provider's events.

        Raises SendRefused and SendFailed; any other failure (a time-out) leaves open whether the mail went out.
        """
        ...


class TopicPublisher(Protocol):
    def publish(self, subject: str, body: str, *, attributes: dict[str, str]) -> str:
        """As MailSender.send; returns the topic's message id."""
        ...
