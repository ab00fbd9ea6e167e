"""What is due goes to its queue; the watermark moves only after that, so a lost minute is taken by the next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import batched, groupby
from zoneinfo import ZoneInfo

from shared.accounts.identity import AccountId
from shared.accounts.listing import AccountLists
from shared.alerts.notice import Notice, NoticeState
from shared.alerts.outbox import goes_alone
from shared.alerts.raising import next_digest
from shared.alerts.store import NoticeStore
from shared.configuration.pauses import MAIL
from shared.configuration.published import Published
from shared.configuration.reader import PublishedReader
from shared.runtime.messages import (
    DecideAccounts,
    SendHeld,
    SendNotices,
    TellOfBreaker,
    TellOfWaiting,
    Work,
    write,
)
from shared.runtime.ports import Queue, Run, RunMoved, RunState, RunStore, Watermarks
from shared.runtime.works import GIVEN_UP, MOST_SILENT, silent, works

WATERMARK = "clock"
OVERLAP = timedelta(minutes=2)
"""The indexes by due time lag: what was written just before the last tick may not have been in them yet."""
SWEEP_EVERY = timedelta(minutes=15)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
ACCOUNTS_A_MESSAGE = 25
CAUSE = "expiry"
RUNS = ("publish", "bulk")
"""Kinds of runs that are done by way of the decide queue. The scheduled sync looks after its own."""
MOST_RUNS = 100
"""Of a kind, the newest: each sweep looks at them, and a lost one is seen by several."""


@dataclass(frozen=True, slots=True)
class Woken:
    accounts: int
    notices: int
    swept: bool
    runs: int = 0
    """That seem to have lost their messages."""


@dataclass(frozen=True, slots=True)
class Clock:
    accounts: AccountLists
    notices: NoticeStore
    published: PublishedReader
    runs: RunStore
    watermarks: Watermarks
    decide: Queue
    notify: Queue

    def tick(self, now: datetime) -> Woken:
        """Raises QueueUnavailable and what the stores raise; the next tick then takes the same and more."""
        last = self.watermarks.get(WATERMARK)
        after = _starts_at(last, now)
        accounts = self.accounts.due(after=after, until=now)
        published = self.published.read(now)
        notices = self._notices(published, after, last, now)
        _send(self.decide, _decisions(dict.fromkeys(accounts)))
        _send(self.notify, [*_sendings(notices), *_for_admins(published, after, last, now)])
        swept = after == BEGINNING
        runs = sum(self._woken(run, now) for run in self._silent(now)) if swept else 0
        self.watermarks.advance(WATERMARK, now)
        return Woken(len(accounts), len(notices), swept, runs)

    def _silent(self, now: datetime) -> Iterator[Run]:
        """Between saving a run and sending its messages whoever orders it may die."""
        since = now - GIVEN_UP - 2 * MOST_SILENT
        for kind in RUNS:
            yield from (run for run in self.runs.recent(kind, limit=MOST_RUNS, since=since) if silent(run, now))

    def _woken(self, run: Run, now: datetime) -> bool:
        """Saved before its messages go out, so that of two ticks one sends them; what is lost in between is silent
        again. False where it came on by itself.
        """
        over = now - run.created_at >= GIVEN_UP
        woken = replace(run, worked_at=now)
        try:
            self.runs.save(replace(woken, state=RunState.FAILED, finished_at=now, error="given_up") if over else woken)
        except RunMoved:
            return False
        _send(self.decide, [] if over else works(run))
        return True

    def _notices(self, published: Published, after: datetime, last: datetime | None, now: datetime) -> Sequence[Notice]:
        """While mail is paused only the admins' go on, and what waits, however much, is not looked through: the first
        sweep after the pause takes it.
        """
        if published.pauses.holding(MAIL, now) is None:
            return self.notices.due(after=after, until=now)
        recent = now - OVERLAP if last is None else last - OVERLAP
        return [notice for notice in self.notices.due(after=recent, until=now) if notice.for_admins]


def _for_admins(published: Published, after: datetime, last: datetime | None, now: datetime) -> Iterator[Work]:
    """That the breaker tripped; at the digest's hour, what waits while mail is paused. Whoever was told is not told
    again, so it may be asked for often.
    """
    trip = published.trip
    if trip is not None and trip.open and after < trip.at <= now:
        yield TellOfBreaker(trip.id)
    if published.pauses.holding(MAIL, now) is not None and last is not None:
        settings = published.settings
        at = next_digest(last - OVERLAP, settings.time_zone, settings.digest_hour)
        if at <= now:
            yield TellOfWaiting(at.astimezone(ZoneInfo(settings.time_zone)).date().isoformat())


def _starts_at(last: datetime | None, now: datetime) -> datetime:
    """The first tick, and one in each quarter of an hour, looks back to the beginning."""
    if last is None or (now - BEGINNING) // SWEEP_EVERY != (last - BEGINNING) // SWEEP_EVERY:
        return BEGINNING
    return last - OVERLAP


def _decisions(accounts: Iterable[AccountId]) -> Iterator[Work]:
    yield from (DecideAccounts(ids, CAUSE) for ids in batched(accounts, ACCOUNTS_A_MESSAGE, strict=False))


def _sendings(notices: Sequence[Notice]) -> Iterator[Work]:
    """One message a recipient for what is held, so that it goes in one mail; one a claim for what may be lost."""
    held = [notice for notice in notices if notice.state is NoticeState.HELD]
    yield from map(SendHeld, dict.fromkeys(notice.recipient for notice in held if not goes_alone(notice)))
    yield from (SendNotices((notice.id,)) for notice in held if goes_alone(notice))
    claimed = sorted((notice.claim or "", notice.id) for notice in notices if notice.state is NoticeState.CLAIMED)
    for _, members in groupby(claimed, key=lambda pair: pair[0]):
        yield SendNotices(tuple(notice_id for _, notice_id in members))


def _send(queue: Queue, works: Iterable[Work]) -> None:
    messages = [write(work) for work in works]
    if messages:
        queue.send(messages)
