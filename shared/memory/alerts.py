"""Alerts and notices in memory: every condition of the DynamoDB store, and the outbox's stream."""

from collections.abc import Sequence
from datetime import datetime

from shared.accounts import cursor as cursors
from shared.accounts.identity import AccountId
from shared.accounts.listing import Page
from shared.alerts.alert import Alert, AlertId
from shared.alerts.notice import Channel, Notice, NoticeId, NoticeState
from shared.alerts.outbox import goes_alone
from shared.alerts.store import (
    AlertFilter,
    Evaluation,
    EvaluationMoved,
    NoticeTaken,
    Window,
    WindowMoved,
    check_moves,
)

MAX_WAITING = 100


class MemoryAlerts:
    """AlertStore and NoticeStore."""

    def __init__(self) -> None:
        self.evaluated: dict[AccountId, int] = {}
        self.alerts: dict[AlertId, Alert] = {}
        self.noticed: dict[NoticeId, Notice] = {}
        self.windows: dict[str, Window] = {}
        self.inserted: list[Notice] = []
        """The outbox's stream: notices in the order in which they were recorded."""

    def seen(self, account_id: AccountId) -> int:
        return self.evaluated.get(account_id, 0)

    def record(self, evaluation: Evaluation) -> None:
        if self.seen(evaluation.account_id) != evaluation.seen:
            raise EvaluationMoved(f"the alerts of {evaluation.account_id} were evaluated since they were read")
        self.evaluated[evaluation.account_id] = evaluation.now_seen
        for alert in evaluation.alerts:
            self.alerts.setdefault(alert.id, alert)
        new = [notice for notice in evaluation.notices if notice.id not in self.noticed]
        self.noticed.update({notice.id: notice for notice in new})
        self.inserted.extend(new)

    def alert(self, alert_id: AlertId) -> Alert | None:
        return self.alerts.get(alert_id)

    def alerts_by_id(self, ids: Sequence[AlertId]) -> dict[AlertId, Alert]:
        return {key: self.alerts[key] for key in ids if key in self.alerts}

    def page(self, where: AlertFilter, *, limit: int, cursor: str | None) -> Page[Alert]:
        start = cursors.read(cursor, "alerts", 1)[0] if cursor else None
        order = sorted(self.alerts.values(), key=lambda alert: (alert.raised_at, alert.id), reverse=True)
        begin = next((place for place, alert in enumerate(order, 1) if alert.id == start), 0)
        found = [alert for alert in order[begin:] if where.matches(alert)]
        return Page(tuple(found[:limit]), cursors.write("alerts", found[limit - 1].id) if len(found) > limit else None)

    def notices(self, ids: Sequence[NoticeId]) -> dict[NoticeId, Notice]:
        return {key: self.noticed[key] for key in ids if key in self.noticed}

    def claimed(self, claim: str) -> Sequence[Notice]:
        mails = (notice for notice in self.noticed.values() if notice.channel is Channel.MAIL)
        return [notice for notice in mails if notice.claim == claim]

    def waiting(self, recipient: str, *, until: datetime) -> Sequence[Notice]:
        held = [
            (notice.due_at, notice)
            for notice in self.noticed.values()
            if notice.recipient == recipient and notice.state is NoticeState.HELD and not goes_alone(notice)
            if notice.due_at
        ]
        due = sorted((moment, notice.id, notice) for moment, notice in held if moment <= until)
        return [notice for _, _, notice in due[:MAX_WAITING]]

    def held(self, *, until: datetime, at_most: int) -> Sequence[Notice]:
        found = [n for n in self.noticed.values() if n.state is NoticeState.HELD and n.due_at and n.due_at <= until]
        return found[:at_most]

    def add(self, notices: Sequence[Notice]) -> None:
        new = [notice for notice in notices if notice.id not in self.noticed]
        self.noticed.update({notice.id: notice for notice in new})
        self.inserted.extend(new)

    def window(self, recipient: str) -> Window | None:
        return self.windows.get(recipient)

    def move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None = None) -> None:
        check_moves(moves)
        if not window and [self.noticed.get(after.id) for _, after in moves] == [after for _, after in moves[:1]]:
            return
        for before, _ in moves:
            known = self.noticed.get(before.id)
            if known is None or (known.state, known.claim) != (before.state, before.claim):
                raise NoticeTaken(f"the notice {before.id} is no longer {before.state}")
        if window and self.window(window[1].recipient) != window[0]:
            raise WindowMoved("the recipient's window changed since it was read")
        if window:
            self.windows[window[1].recipient] = window[1]
        self.noticed.update({after.id: after for _, after in moves})

    def due(self, *, after: datetime, until: datetime) -> Sequence[Notice]:
        waiting = (NoticeState.HELD, NoticeState.CLAIMED)
        return [n for n in self.noticed.values() if n.state in waiting and n.due_at and after < n.due_at <= until]
