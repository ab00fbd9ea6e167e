"""The memory twins as a deployment's tables: with their streams, and with indexes, since the clock asks each minute."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property, partial
from itertools import count, islice
from typing import Any

from greenlet import getcurrent

from shared.access.audit import AuditEntry
from shared.accounts import cursor as cursors
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.listing import Page
from shared.accounts.standing import Cause, TierChange
from shared.accounts.store import AccountChange, Link
from shared.alerts.notice import Channel, Notice, NoticeId, NoticeState
from shared.alerts.outbox import goes_alone
from shared.alerts.store import Evaluation, Window
from shared.aws.dynamodb.account_rows import account_attributes, history_attributes
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.published import BREAKER
from shared.memory.accounts import MemoryAccounts, in_segment
from shared.memory.alerts import MAX_WAITING, MemoryAlerts
from shared.memory.documents import MemoryDocuments
from tests.simulation.due import DueIndex
from tests.simulation.faults import Crash

type Put = Callable[[str, Mapping[str, Any]], None]
"""Of a stream: an item's key, and its change."""
type Written = Callable[[Account | None, Account, TierChange | None], None]
"""Told of an account before and after, with its row of history."""

LAGS = 8
DECIDER = "tier_trigger"
UNSETTLED = (NoticeState.HELD, NoticeState.CLAIMED)


class Told(Mapping[str, Mapping[str, str]]):
    """An item as a stream's record has it, written when it is read; of an account in `deadly` its reader dies."""

    def __init__(
        self, account_id: AccountId, attributes: Callable[[], Mapping[str, object]], deadly: AbstractSet[AccountId]
    ) -> None:
        self._account_id = account_id
        self._attributes = attributes
        self._deadly = deadly

    def survived(self) -> None:
        if self._account_id in self._deadly:
            raise Crash

    @cached_property
    def _item(self) -> Mapping[str, Mapping[str, str]]:
        self.survived()
        return image(self._attributes())

    def __getitem__(self, name: str) -> Mapping[str, str]:
        return self._item[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._item)

    def __len__(self) -> int:
        return len(self._item)


class Image(Told):
    """An account's."""

    def __init__(self, account: Account, cause: Cause, deadly: AbstractSet[AccountId]) -> None:
        super().__init__(account.id, lambda: account_attributes(account, cause), deadly)
        self._account = account

    @property
    def account(self) -> Account:
        self.survived()
        return self._account


class TableOfAccounts(MemoryAccounts):
    """AccountStore and AccountLists; a poisoned record can't be looked up: whoever tries fails, or dies."""

    def __init__(self) -> None:
        super().__init__()
        self.on_data: Put = _nobody
        self.on_tier: Put = _nobody
        self.on_history: Put = _nobody
        self.on_write: Written = _unseen
        self.poisoned: dict[RecordKey, type[BaseException]] = {}
        self.deadly: set[AccountId] = set()
        """Whoever reads of them on the stream dies; by their ids they can be read."""
        self.fatal: set[AccountId] = set()
        """Whoever decides them dies, however told of; others can read them."""
        self.versions = 0
        """Of accounts, all that were ever written."""
        self.idle: list[AccountId] = []
        """Accounts that were written though nothing of them differed."""
        self._order: list[AccountId] = []
        self._due: DueIndex[AccountId] = DueIndex()
        self._before: dict[AccountId, Account | None] = {}
        self._looks = count()

    def links(self, records: Sequence[RecordKey], *, consistent: bool = True) -> dict[RecordKey, Link]:
        for record in records:
            if record in self.poisoned:
                raise self.poisoned[record]("this can't be digested")
        return super().links(records, consistent=consistent)

    def survived(self, account_ids: Iterable[AccountId]) -> None:
        """By whoever reads accounts."""
        if self.fatal and getattr(getcurrent(), "name", "") == DECIDER and not self.fatal.isdisjoint(account_ids):
            raise Crash

    def get(self, account_id: AccountId) -> Account | None:
        self.survived([account_id])
        return super().get(account_id)

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:
        """One in LAGS reads that may lag gives each account as it was before its last change."""
        self.survived(account_ids)
        found = super().get_many(account_ids, consistent=consistent)
        if consistent or next(self._looks) % LAGS:
            return found
        return {key: before for key in found if (before := self._before[key]) is not None}

    def commit(self, change: AccountChange) -> Account:
        stored = super().commit(change)
        self.tell(change)
        return stored

    def tell(self, change: AccountChange) -> None:
        """The streams' readers, of what was committed."""
        for cause, before, after in self.changes:
            self.versions += 1
            self.on_write(before, after, change.history)
            self._before[after.id] = before
            if before is not None and _same(before, after, change):
                self.idle.append(after.id)
            if before is None:
                insort(self._order, after.id)
            self._due.put(after.id, after.due_at)
            if cause is not Cause.NONE:
                told = {"Keys": {"id": {"S": after.id}}, "NewImage": Image(after, cause, self.deadly)}
                (self.on_data if cause is Cause.DATA else self.on_tier)(after.id, told)
        self._stream_history()
        self.changes.clear()
        self.audit.clear()

    def reread(self) -> None:
        """What is checked is what is stored: in memory, that is this."""

    def append(self, row: TierChange) -> None:
        """A row of history by itself, as no product of ours writes it."""
        self._append(row)
        self._stream_history()

    def _stream_history(self) -> None:
        for row in self.inserted:
            key = image({"account_id": row.account_id, "version": row.version})
            told = Told(row.account_id, partial(history_attributes, row), self.deadly)
            self.on_history(row.account_id, {"Keys": key, "NewImage": told})
        self.inserted.clear()

    def due(self, *, after: datetime, until: datetime) -> Sequence[AccountId]:
        return self._due.between(after, until)

    def ids(self, *, segment: int, segments: int, start: str | None, limit: int) -> Page[AccountId]:
        begin = bisect_right(self._order, cursors.read(start, "ids", 1)[0]) if start else 0
        after = (self._order[place] for place in range(begin, len(self._order)))
        keys = [*islice((key for key in after if in_segment(key, segment, segments)), limit + 1)]
        return Page(tuple(keys[:limit]), cursors.write("ids", keys[limit - 1]) if len(keys) > limit else None)


class TableOfAlerts(MemoryAlerts):
    """AlertStore and NoticeStore."""

    def __init__(self) -> None:
        super().__init__()
        self.on_notice: Put = _nobody
        self.claims: dict[str, list[NoticeId]] = {}
        """The notices that were ever claimed under each claim."""
        self._due: DueIndex[NoticeId] = DueIndex()
        self._waiting: dict[str, DueIndex[NoticeId]] = defaultdict(DueIndex)
        """What is held to go together, by recipient."""

    def record(self, evaluation: Evaluation) -> None:
        super().record(evaluation)
        self.tell()

    def add(self, notices: Sequence[Notice]) -> None:
        super().add(notices)
        self.tell()

    def tell(self) -> None:
        """The stream's reader, of what was inserted."""
        for notice in self.inserted:
            self._indexed(notice)
            if notice.state is NoticeState.PENDING:
                self.on_notice(notice.id, {"NewImage": {"id": {"S": notice.id}}})
        self.inserted.clear()

    def _indexed(self, notice: Notice) -> None:
        self._due.put(notice.id, notice.due_at if notice.state in UNSETTLED else None)
        together = notice.state is NoticeState.HELD and not goes_alone(notice)
        self._waiting[notice.recipient].put(notice.id, notice.due_at if together else None)

    def move(self, moves: Sequence[tuple[Notice, Notice]], window: tuple[Window | None, Window] | None = None) -> None:
        super().move(moves, window)
        self.note(after for _, after in moves)

    def note(self, moved: Iterable[Notice]) -> None:
        """What moved, in the indexes."""
        for after in moved:
            known = self.noticed[after.id]
            self._indexed(known)
            if known.claim and known.id not in (claimed := self.claims.setdefault(known.claim, [])):
                claimed.append(known.id)

    def reread(self) -> None:
        """What is checked is what is stored: in memory, that is this."""

    def claimed(self, claim: str) -> Sequence[Notice]:
        found = (self.noticed[notice_id] for notice_id in self.claims.get(claim, ()))
        return [notice for notice in found if notice.claim == claim and notice.channel is Channel.MAIL]

    def waiting(self, recipient: str, *, until: datetime) -> Sequence[Notice]:
        return [self.noticed[key] for key in self._waiting[recipient].until(until)[:MAX_WAITING]]

    def held(self, *, until: datetime, at_most: int) -> Sequence[Notice]:
        due = (self.noticed[key] for key in self._due.until(until))
        return [notice for notice in due if notice.state is NoticeState.HELD][:at_most]

    def due(self, *, after: datetime, until: datetime) -> Sequence[Notice]:
        return [self.noticed[key] for key in self._due.between(after, until)]


class TableOfDocuments(MemoryDocuments):
    """DocumentStore; knows since when each policy has been in force."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.in_force: dict[int, datetime] = {}
        self._clock = clock

    @property
    def breaker_is_open(self) -> bool:
        known = self.get(Kind.PUBLISHED, BREAKER)
        return known is not None and not known.body.get("resolution")

    def commit(self, changes: Sequence[DocumentChange], *, at: datetime, by: str, audit: Sequence[AuditEntry]) -> None:
        super().commit(changes, at=at, by=by, audit=audit)
        for change in changes:
            if change.kind is Kind.POLICY:
                self.in_force[int(change.id)] = self._clock()


def _same(before: Account, after: Account, change: AccountChange) -> bool:
    """Of a write that claims no link and tells of no person."""
    return (
        not (change.links or change.audit or change.history)
        and before.records == after.records
        and before.values == after.values
        and before.standing == after.standing
        and (before.override, before.due_at, before.merged_into) == (after.override, after.due_at, after.merged_into)
        and before.histories == after.histories
    )


def image(attributes: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """As a stream's record has an item."""
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": str(value)}
        for name, value in attributes.items()
        if value is not None
    }


def _unseen(before: Account | None, after: Account, row: TierChange | None) -> None:
    """Before somebody watches."""


def _nobody(key: str, change: Mapping[str, Any]) -> None:
    """Before somebody reads the stream."""
