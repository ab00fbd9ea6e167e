"""Notices on DynamoDB: the outbox's rows move from state to state, each on condition that it is still as read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from shared.accounts.encoding import micros
from shared.alerts.notice import Channel, Notice, NoticeId, NoticeState
from shared.alerts.store import NoticeTaken, Window, WindowMoved, check_moves
from shared.aws.dynamodb import bulk
from shared.aws.dynamodb.alert_rows import (
    KEPT,
    ClaimItem,
    NoticeItem,
    WindowItem,
    claim_key,
    notice_attributes,
    notice_key,
    notice_of,
    window_attributes,
    window_key,
    window_of,
)
from shared.aws.dynamodb.database import ConditionFailed, Database, is_key
from shared.runtime.tables import BY_RECIPIENT

MAX_WAITING = 100
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_WATCHED = (NoticeState.HELD, NoticeState.CLAIMED)


class DynamoNotices:
    """NoticeStore."""

    def __init__(self, database: Database, *, alerts: str) -> None:
        self._database = database
        self._alerts_table = alerts
        self._notice = database.bind(NoticeItem, alerts)
        self._claim = database.bind(ClaimItem, alerts)
        self._window = database.bind(WindowItem, alerts)

    def _get(self, keys: Iterable[str]) -> Iterator[bulk.Item]:
        found = [{"pk": {"S": key}} for key in dict.fromkeys(keys) if is_key(key)]
        return bulk.get(self._database, self._alerts_table, found)

    def notices(self, ids: Sequence[NoticeId]) -> dict[NoticeId, Notice]:
        found = map(notice_of, self._get(map(notice_key, ids)))
        return {notice.id: notice for notice in found}

    def claimed(self, claim: str) -> Sequence[Notice]:
        with self._database.calling(f"read claim {claim}"):
            try:
                ids = self._claim.get(claim_key(claim), consistent_read=True).notices
            except self._claim.DoesNotExist:
                return []
        found = self.notices([NoticeId(each) for each in sorted(ids)])
        return [notice for notice in found.values() if notice.claim == claim]

    def waiting(self, recipient: str, *, until: datetime) -> Sequence[Notice]:
        keys = bulk.query(
            self._database,
            self._alerts_table,
            IndexName=BY_RECIPIENT.name,
            KeyConditionExpression="held_for = :recipient AND due_at <= :until",
            ExpressionAttributeValues={":recipient": {"S": recipient}, ":until": {"N": str(micros(until))}},
            Limit=MAX_WAITING,
        )
        found = map(notice_of, self._get(item["pk"]["S"] for item in islice(keys, MAX_WAITING)))
        held = [
            (notice.due_at, notice.id, notice)
            for notice in found
            if notice.state is NoticeState.HELD and notice.due_at and notice.due_at <= until
        ]
        return [notice for _, _, notice in sorted(held)]

    def held(self, *, until: datetime, at_most: int) -> Sequence[Notice]:
        keys = bulk.due(self._database, self._alerts_table, BEGINNING, until)
        found = map(notice_of, self._get(item["pk"]["S"] for item in islice(keys, at_most)))
        return [notice for notice in found if notice.state is NoticeState.HELD]

    def add(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            try:
                with self._database.calling(f"add notice {notice.id}"):
                    self._notice(**notice_attributes(notice)).save(condition=self._notice.pk.does_not_exist())
            except ConditionFailed:
                continue  # it is there already

    def due(self, *, after: datetime, until: datetime) -> Sequence[Notice]:
        keys = bulk.due(self._database, self._alerts_table, after, until)
        found = map(notice_of, self._get(item["pk"]["S"] for item in keys))
        return [n for n in found if n.state in _WATCHED and n.due_at and after < n.due_at <= until]

    def window(self, recipient: str) -> Window | None:
        with self._database.calling("read a recipient's window"):
            try:
                return window_of(self._window.get(window_key(recipient), consistent_read=True))
            except self._window.DoesNotExist:
                return None

    def move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None = None) -> None:
        check_moves(moves)
        if not moves and not window:
            return
        try:
            self._move(moves, window)
        except ConditionFailed as error:
            if window and self.window(window[1].recipient) != window[0]:
                raise WindowMoved("the recipient's window changed since it was read") from error
            if not window and len(moves) == 1 and self.notices([moves[0][1].id]) == {moves[0][1].id: moves[0][1]}:
                return  # botocore repeats a put whose answer was lost, and its own effect then fails its condition
            raise NoticeTaken("one of the notices was moved since it was read") from error

    def _move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None) -> None:
        """A transaction costs each of its rows twice: one row that is all there is to write is put by itself."""
        claims = _new_claims(moves)
        if len(moves) == 1 and not (claims or window):
            ((before, after),) = moves
            with self._database.calling("move a notice"):
                self._notice(**notice_attributes(after)).save(condition=self._still(before))
            return
        with self._database.transaction("move notices") as transaction:
            for before, after in moves:
                transaction.save(self._notice(**notice_attributes(after)), condition=self._still(before))
            for claim, (ids, expires_at) in claims.items():
                actions: list[Action] = [self._claim.notices.add(ids), self._claim.expires_at.set(expires_at)]
                transaction.update(self._claim(pk=claim_key(claim)), actions=actions)
            if window:
                self._open(transaction, *window)

    def _still(self, read: Notice) -> Condition:
        claim = self._notice.claim
        same_claim: Condition = claim.does_not_exist() if read.claim is None else claim == read.claim
        same_state: Condition = self._notice.state == read.state.value
        still: Condition = same_state & same_claim
        return still

    def _open(self, transaction: TransactWrite, before: Window | None, after: Window) -> None:
        absent = self._window.pk.does_not_exist()
        item = self._window(**window_attributes(after))
        if before is None:
            transaction.save(item, condition=absent)
        else:
            same = (self._window.opened_at == micros(before.opened_at)) & (self._window.number == before.count)
            transaction.save(item, condition=same)


def _new_claims(moves: Sequence[tuple[Notice, Notice]]) -> dict[str, tuple[set[str], int]]:
    """The mails' notices by the claims that they come under, and until when each list is kept."""
    claims: dict[str, tuple[set[str], int]] = {}
    for before, after in moves:
        if after.claim is not None and after.claim != before.claim and after.channel is Channel.MAIL:
            ids, _ = claims.get(after.claim, (set(), 0))
            claims[after.claim] = ({*ids, after.id}, int((after.created_at + KEPT).timestamp()))
    return claims
