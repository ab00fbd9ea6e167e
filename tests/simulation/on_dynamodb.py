"""Accounts and alerts on DynamoDB, as moto plays it: the stores that are deployed, under their twins' faults."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.standing import Cause, TierChange
from shared.accounts.store import AccountChange, Link
from shared.alerts.alert import Alert, AlertId
from shared.alerts.notice import Notice, NoticeId
from shared.alerts.store import Evaluation, Window
from shared.aws.dynamodb.account_rows import history_attributes
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alerts import DynamoAlerts
from tests.simulation.stores import TableOfAccounts, TableOfAlerts


class DynamoTableOfAccounts(TableOfAccounts):
    """Reads and writes DynamoDB; what it keeps besides is for the streams and lists, which moto has not."""

    def __init__(self, store: DynamoAccounts) -> None:
        super().__init__()
        self._store = store

    def get(self, account_id: AccountId) -> Account | None:
        self.survived([account_id])
        return self._store.get(account_id)

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:
        self.survived(account_ids)
        return self._store.get_many(account_ids, consistent=consistent)

    def links(self, records: Sequence[RecordKey], *, consistent: bool = True) -> dict[RecordKey, Link]:
        super().links(records)
        return self._store.links(records, consistent=consistent)

    def history(self, account_id: AccountId, *, after: int = 0) -> Iterator[TierChange]:
        return iter([*self._store.history(account_id, after=after)])

    def commit(self, change: AccountChange) -> Account:
        stored = self._store.commit(change)
        self._seen(change.cause, stored)
        if change.absorbed and (closed := self._store.get(change.absorbed.id)):
            self._seen(Cause.NONE, closed)
        self.linked.update({link.record: link for link in change.links})
        if change.history:
            self._append(change.history)
        self.tell(change)
        return stored

    def _seen(self, cause: Cause, account: Account) -> None:
        self.changes.append((cause, self.accounts.get(account.id), account))
        self.accounts[account.id] = account

    def append(self, row: TierChange) -> None:
        self._store._history(**history_attributes(row)).save()
        super().append(row)

    def reread(self) -> None:
        """What was kept besides gives way to what DynamoDB has."""
        self.linked = self._store.links([*self.linked])
        self.accounts = self._store.get_many([*self.accounts])
        self.rows = {key: [*self._store.history(key)] for key in self.accounts}


class DynamoTableOfAlerts(TableOfAlerts):
    """Reads and writes DynamoDB; what it keeps besides is for the stream, which moto has not, for the clock, which asks
    its index each minute, and for the checks.
    """

    def __init__(self, store: DynamoAlerts) -> None:
        super().__init__()
        self._store = store

    def seen(self, account_id: AccountId) -> int:
        return self._store.seen(account_id)

    def alert(self, alert_id: AlertId) -> Alert | None:
        return self._store.alert(alert_id)

    def alerts_by_id(self, ids: Sequence[AlertId]) -> dict[AlertId, Alert]:
        return self._store.alerts_by_id(ids)

    def notices(self, ids: Sequence[NoticeId]) -> dict[NoticeId, Notice]:
        return self._store.notices(ids)

    def claimed(self, claim: str) -> Sequence[Notice]:
        return self._store.claimed(claim)

    def waiting(self, recipient: str, *, until: datetime) -> Sequence[Notice]:
        return self._store.waiting(recipient, until=until)

    def held(self, *, until: datetime, at_most: int) -> Sequence[Notice]:
        return self._store.held(until=until, at_most=at_most)

    def window(self, recipient: str) -> Window | None:
        return self._store.window(recipient)

    def record(self, evaluation: Evaluation) -> None:
        self._store.record(evaluation)
        for alert in evaluation.alerts:
            self.alerts.setdefault(alert.id, alert)
        self._inserted(evaluation.notices)

    def add(self, notices: Sequence[Notice]) -> None:
        self._store.add(notices)
        self._inserted(notices)

    def _inserted(self, notices: Sequence[Notice]) -> None:
        new = {notice.id: notice for notice in notices if notice.id not in self.noticed}
        self.noticed |= new
        self.inserted += new.values()
        self.tell()

    def move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None = None) -> None:
        self._store.move(moves, window)
        self.noticed |= {after.id: after for _, after in moves}
        self.note(after for _, after in moves)

    def reread(self) -> None:
        """What was kept besides gives way to what DynamoDB has."""
        self.noticed = self._store.notices([*self.noticed])
        self.alerts = {key: found for key in self.alerts if (found := self._store.alert(key))}
