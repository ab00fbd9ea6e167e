"""Alerts on DynamoDB: an evaluation's alerts and notices, and how far it came, in one transaction."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from pynamodb.expressions.condition import Condition

from shared.accounts import cursor as cursors
from shared.accounts.identity import AccountId
from shared.accounts.listing import Page
from shared.alerts.alert import Alert, AlertId
from shared.alerts.store import AlertFilter, Evaluation, EvaluationMoved
from shared.aws.dynamodb import bulk
from shared.aws.dynamodb.alert_rows import (
    AlertItem,
    NoticeItem,
    SeenItem,
    alert_attributes,
    alert_key,
    alert_of,
    notice_attributes,
    raised,
    seen_key,
)
from shared.aws.dynamodb.database import ConditionFailed, Database, is_key
from shared.aws.dynamodb.notices import DynamoNotices
from shared.runtime.tables import BY_ACCOUNT

MAX_ROWS = 99
"""Alerts and notices of one transaction, which has 100 items with the row that says how far it came."""
MAX_EXAMINED = 1_000
CHUNK = 100


class DynamoAlerts(DynamoNotices):
    """AlertStore and NoticeStore; every method raises Retryable and Permanent besides what its port says."""

    def __init__(self, database: Database, *, alerts: str) -> None:
        super().__init__(database, alerts=alerts)
        self._alert = database.bind(AlertItem, alerts)
        self._seen = database.bind(SeenItem, alerts)

    def seen(self, account_id: AccountId) -> int:
        key = seen_key(account_id)
        if not is_key(key):
            return 0
        with self._database.calling(f"read what was evaluated of {account_id}"):
            try:
                return self._seen.get(key, consistent_read=True).seen
            except self._seen.DoesNotExist:
                return 0

    def record(self, evaluation: Evaluation) -> None:
        """In one transaction where the rows fit: else in several, the last of which moves `seen`, so that one which
        breaks off in between is done again. Rows that such an earlier try has left are kept as they are by now.
        """
        rows = self._rows(evaluation)
        try:
            self._write(evaluation, rows)
        except ConditionFailed as error:
            if self.seen(evaluation.account_id) != evaluation.seen:
                raise EvaluationMoved(f"the alerts of {evaluation.account_id} were evaluated meanwhile") from error
            self._write_missing(evaluation, rows)

    def _write_missing(self, evaluation: Evaluation, rows: Sequence[AlertItem | NoticeItem]) -> None:
        left = {item["pk"]["S"] for item in self._get(row.pk for row in rows)}
        try:
            self._write(evaluation, [row for row in rows if row.pk not in left])
        except ConditionFailed as error:
            raise EvaluationMoved(f"the alerts of {evaluation.account_id} were evaluated meanwhile") from error

    def _rows(self, evaluation: Evaluation) -> list[AlertItem | NoticeItem]:
        alerts = [self._alert(**alert_attributes(alert)) for alert in evaluation.alerts]
        notices = [self._notice(**notice_attributes(notice)) for notice in evaluation.notices]
        return [*alerts, *notices]

    def _write(self, evaluation: Evaluation, rows: Sequence[AlertItem | NoticeItem]) -> None:
        doing = f"record alerts of {evaluation.account_id}"
        *first, last = [*batched(rows, MAX_ROWS, strict=False)] or [()]
        key = seen_key(evaluation.account_id)
        for batch in first:
            with self._database.transaction(doing) as transaction:
                transaction.condition_check(self._seen, key, condition=self._at(evaluation.seen))
                for row in batch:
                    transaction.save(row, condition=_absent(row))
        with self._database.transaction(doing) as transaction:
            transaction.save(self._seen(pk=key, seen=evaluation.now_seen), condition=self._at(evaluation.seen))
            for row in last:
                transaction.save(row, condition=_absent(row))

    def _at(self, seen: int) -> Condition:
        return self._seen.pk.does_not_exist() if seen == 0 else self._seen.seen == seen

    def alert(self, alert_id: AlertId) -> Alert | None:
        return self.alerts_by_id([alert_id]).get(alert_id)

    def alerts_by_id(self, ids: Sequence[AlertId]) -> dict[AlertId, Alert]:
        return {alert.id: alert for alert in map(alert_of, self._get(map(alert_key, ids)))}

    def page(self, where: AlertFilter, *, limit: int, cursor: str | None) -> Page[Alert]:
        walk = self._walk_table(cursor) if where.account is None else self._walk_account(where.account, cursor)
        found: list[Alert] = []
        for examined, (place, alert) in enumerate(walk, 1):
            if alert and where.matches(alert):
                found.append(alert)
            if len(found) == limit or examined == MAX_EXAMINED:
                return Page(tuple(found), place)
        return Page(tuple(found))

    def _walk_account(self, account: AccountId, cursor: str | None) -> Iterator[tuple[str, Alert | None]]:
        place = cursors.read(cursor, BY_ACCOUNT.name, 2) if cursor else None
        if not is_key(account):
            return
        start = place and {"account_id": {"S": account}, "raised": {"S": place[0]}, "pk": {"S": place[1]}}
        keys = bulk.query(
            self._database,
            self._alerts_table,
            IndexName=BY_ACCOUNT.name,
            KeyConditionExpression="account_id = :account",
            ExpressionAttributeValues={":account": {"S": account}},
            ScanIndexForward=False,
            Limit=CHUNK,
            **({"ExclusiveStartKey": start} if start else {}),
        )
        for batch in batched((item["pk"]["S"] for item in keys), CHUNK, strict=False):
            alerts = {alert_key(alert.id): alert for alert in map(alert_of, self._get(batch))}
            for alert in filter(None, map(alerts.get, batch)):
                yield cursors.write(BY_ACCOUNT.name, raised(alert), alert_key(alert.id)), alert

    def _walk_table(self, cursor: str | None) -> Iterator[tuple[str, Alert | None]]:
        start: dict[str, Any] = {}
        if cursor:
            start["ExclusiveStartKey"] = {"pk": {"S": cursors.read(cursor, "alerts", 1)[0]}}
        for item in bulk.scan(self._database, self._alerts_table, Limit=CHUNK, **start):
            is_alert = item.get("kind", {}).get("S") == "alert"
            yield cursors.write("alerts", item["pk"]["S"]), alert_of(item) if is_alert else None


def _absent(row: AlertItem | NoticeItem) -> Condition:
    return type(row).pk.does_not_exist()
