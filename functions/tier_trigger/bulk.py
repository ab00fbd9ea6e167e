"""One edit of many accounts: page by page from where its run says that it is, each account one write of its own."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice

from functions.tier_trigger.order import Order
from functions.tier_trigger.pages import paged
from functions.tier_trigger.service import TRIES, TierTrigger
from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.listing import AccountLists, Page
from shared.accounts.store import AccountChange, AccountMoved, AccountTooLarge
from shared.accounts.values import ValueRefused
from shared.alerts.override_notices import of_change
from shared.alerts.store import NoticeStore
from shared.rules.errors import DocumentRefused
from shared.runtime.messages import EditMany, write
from shared.runtime.ports import Run, RunMoved, RunState, RunStore
from shared.tiers.by_hand import APPROVAL, Act, NotNow
from shared.tiers.edits import Action
from shared.tiers.rulebook import Rulebook
from shared.why.wording import one_line

RUN = "bulk"
PAGE = 25
SAVES = 20
MAX_REJECTS = 100
LONGEST_REASON = 300
PLACE = "next"
"""In a run's cursor: where its next page starts."""
NO_ACCOUNT = "There is no account of this id."
NO_LONGER_FITS = "What is published has changed meanwhile: the edit no longer fits it."
_UNREADABLE = (DocumentRefused, ValueRefused, LookupError)
OUTRUN = "Others changed it at the same time, again and again. Do it once more."
UNMEANT = frozenset({"nothing_waits", "pending_changed"})
"""Why an account that a condition finds is none of those that are to be approved or rejected."""


class Done(StrEnum):
    """What became of one account; by these names a run counts."""

    CHANGED = "changed"
    MOVED = "moved"
    """To another tier; it is changed too."""
    UNCHANGED = "unchanged"
    """It stood so already."""
    UNMEANT = "unmeant"
    """The condition does not hold of it, or nothing of it waits: it is not counted."""


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str


@dataclass(slots=True)
class Tally:
    """What became of a page."""

    looked_at: int
    counts: Counter[str] = field(default_factory=Counter)
    rejects: list[Mapping[str, str]] = field(default_factory=list)

    def count(self, account_id: AccountId, outcome: Done | Refused) -> None:
        match outcome:
            case Refused(reason):
                self.counts["refused"] += 1
                self.rejects.append({"record": account_id, "reason": one_line(reason, LONGEST_REASON)})
            case Done.MOVED:
                self.counts += Counter((Done.CHANGED.value, Done.MOVED.value))
            case Done.CHANGED | Done.UNCHANGED:
                self.counts[outcome.value] += 1
            case Done.UNMEANT:
                pass


type Editing = Callable[[Sequence[AccountId], Order, Rulebook], Tally]


@dataclass(frozen=True, slots=True)
class Bulk:
    trigger: TierTrigger
    lists: AccountLists
    runs: RunStore
    notices: NoticeStore

    def go_on(self, work: EditMany, until: datetime, *, isolated: bool = False) -> int:
        """How many accounts it changed, in pages of which none begins after `until`; another message goes on from where
        this ends.

        One that comes twice, or again after a crash, takes up what is left: an account that was edited stands so, and
        is not edited again. Where the message is `isolated`, its page may have killed a worker: it is handed on,
        account by account, and another message goes on behind it. Raises RunMoved, QueueUnavailable and what the stores
        raise: it may be tried again.
        """
        if work.account_id is not None:
            return self._alone(work.run_id, work.account_id)
        changed: Counter[Done] = Counter()
        if isolated:
            delay = 0 if self._past_a_page(work, changed, partial(self._handed_on, work.run_id)) else None
        else:
            page = partial(self._past_a_page, work, changed, self._edited)
            delay = paged(page, clock=self.trigger.clock, until=until)
        if delay is not None:
            self.trigger.queue.send([write(work, delay_seconds=delay)])
        return changed[Done.CHANGED]

    def _past_a_page(self, work: EditMany, changed: Counter[Done], edit: Editing) -> bool:
        """Whether another follows; the accounts it changes are added to `changed`."""
        run = self.runs.get(RUN, work.run_id)
        if run is None or not _goes_on(run):
            return False
        now = self.trigger.clock()
        rulebook = self.trigger.published.read(now).rulebook
        try:
            order = Order.read(run.order, rulebook)
        except _UNREADABLE:
            self.runs.save(replace(run, state=RunState.FAILED, finished_at=now, error="no_longer_fits"))
            return False
        page = self._page(run, order)
        tally = edit(page.items, order, rulebook)
        changed[Done.CHANGED] += 0 if order.dry else tally.counts[Done.CHANGED]
        return self._saved(run, page, tally) and page.cursor is not None

    def _handed_on(self, run_id: str, ids: Sequence[AccountId], order: Order, rulebook: Rulebook) -> Tally:  # noqa: ARG002 - as for `_edited`
        self.trigger.queue.send([write(EditMany(run_id, account_id)) for account_id in ids])
        return Tally(len(ids))

    def _alone(self, run_id: str, account_id: AccountId) -> int:
        """Of a page that was handed on, and counted as done; what became of this account is added to its run."""
        run = self.runs.get(RUN, run_id)
        if run is None or run.state in (RunState.CANCELLED, RunState.FAILED):
            return 0
        rulebook = self.trigger.published.read(self.trigger.clock()).rulebook
        try:
            order = Order.read(run.order, rulebook)
        except _UNREADABLE:
            tally = Tally(1)
            tally.count(account_id, Refused(NO_LONGER_FITS))
            self._counted(run, tally)
            return 0
        tally = self._edited([account_id], order, rulebook)
        self._counted(run, tally)
        return 0 if order.dry else tally.counts[Done.CHANGED]

    def _page(self, run: Run, order: Order) -> Page[AccountId]:
        place = run.cursor.get(PLACE)
        if order.ids is None:
            return self.lists.ids(segment=0, segments=1, start=place, limit=PAGE)
        start = int(place or 0)
        end = start + PAGE
        return Page(tuple(islice(order.ids, start, end)), str(end) if end < len(order.ids) else None)

    def _edited(self, ids: Sequence[AccountId], order: Order, rulebook: Rulebook) -> Tally:
        tally, found = Tally(len(ids)), self.trigger.accounts.get_many(ids)
        for account_id in ids:
            tally.count(account_id, self._one(found.get(account_id), order, rulebook))
        return tally

    def _one(self, account: Account | None, order: Order, rulebook: Rulebook) -> Done | Refused:
        """The account as it was read, or as others made it before this was written."""
        for _ in range(TRIES):
            if account is None:
                return Refused(NO_ACCOUNT)
            try:
                return self._outcome(account, order, Act(order.edit.by, self.trigger.clock(), rulebook))
            except AccountMoved:
                account = self.trigger.accounts.get(account.id)
        return Refused(OUTRUN)

    def _outcome(self, account: Account, order: Order, act: Act) -> Done | Refused:
        """Raises AccountMoved."""
        if not order.means(account, act.rulebook, act.at):
            return Done.UNMEANT
        if account.merged_into is not None:
            return Refused(f"It was merged into {account.merged_into}.")
        try:
            change = order.edit.change(account, act, order.seen_of(account.id))
        except NotNow as error:
            if self._approved(account, order):
                return Done.UNCHANGED
            return Done.UNMEANT if order.when is not None and error.code in UNMEANT else Refused(str(error))
        if change is None:
            return Done.UNCHANGED
        try:
            if not order.dry:
                self._write(change, act.at)
        except AccountTooLarge as error:
            return Refused(str(error))
        return Done.CHANGED if change.history is None else Done.MOVED

    def _approved(self, account: Account, order: Order) -> bool:
        """Whether what waited was approved since: by this very run, before it broke off, or by somebody else."""
        since, edit = account.standing.since, order.edit
        if edit.action is not Action.APPROVE or since is None or since < edit.at:
            return False
        rows = self.trigger.accounts.history(account.id, after=account.standing.changes - 1)
        return any(row.cause == APPROVAL for row in rows)

    def _write(self, change: AccountChange, at: datetime) -> None:
        """Whoever is to be told is noted first, as for one account."""
        notices = of_change(change.account, at)
        if notices:
            self.notices.add(notices)
        self.trigger.accounts.commit(change)

    def _counted(self, run: Run | None, tally: Tally) -> None:
        for _ in range(SAVES):
            if run is None:
                return
            try:
                self.runs.save(_with(run, tally))
            except RunMoved:
                run = self.runs.get(RUN, run.id)
                continue
            return
        raise RunMoved(f"the run was saved by others {SAVES} times over")

    def _saved(self, read: Run, page: Page[AccountId], tally: Tally) -> bool:
        """Notes the page in the run's row; False where it has ended, or another was faster."""
        run: Run | None = read
        for _ in range(SAVES):
            if run is None or not _goes_on(run) or run.cursor != read.cursor:
                return False
            try:
                self.runs.save(_advanced(run, page, tally, self.trigger.clock()))
            except RunMoved:
                run = self.runs.get(RUN, read.id)
                continue
            return True
        raise RunMoved(f"the run {read.id} was saved by others {SAVES} times over")


def _goes_on(run: Run) -> bool:
    return run.state in (RunState.QUEUED, RunState.RUNNING)


def _advanced(run: Run, page: Page[AccountId], tally: Tally, now: datetime) -> Run:
    whole, done = page.cursor is None, run.done + tally.looked_at
    return replace(
        _with(run, tally),
        state=RunState.SUCCEEDED if whole else RunState.RUNNING,
        done=done,
        total=done if whole else run.total,
        finished_at=now if whole else None,
        worked_at=now,
        cursor={} if page.cursor is None else {PLACE: page.cursor},
    )


def _with(run: Run, tally: Tally) -> Run:
    return replace(
        run,
        counts=dict(sorted((Counter(run.counts) + tally.counts).items())),
        rejects=[*run.rejects, *tally.rejects][:MAX_REJECTS],
    )
