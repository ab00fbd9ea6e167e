"""Decides every account again after a publish: one segment of all ids, page by page, as far as one message goes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from functions.tier_trigger.pages import WAIT_SECONDS, paged
from functions.tier_trigger.service import Occasion, Tally, TierTrigger
from shared.accounts.identity import AccountId
from shared.accounts.listing import AccountLists, Page
from shared.runtime.messages import DecideAll, write
from shared.runtime.ports import Run, RunMoved, RunState, RunStore
from shared.tiers.skipping import Holds

RUN = "publish"
PAGE = 50
SAVES = 20
HOLDS_KEPT = "holds_kept"
"""Counts accounts whose holds were to be skipped, had the policy before not named what is gone by now."""
FINISHED = ""
"""The cursor of a segment that is walked to its end."""
PATIENCE = timedelta(minutes=10)
"""How long after its start a walk waits for the version that it is to decide with."""


@dataclass(frozen=True, slots=True)
class Walk:
    trigger: TierTrigger
    lists: AccountLists
    runs: RunStore

    def go_on(self, work: DecideAll, until: datetime, *, isolated: bool = False) -> Tally:
        """Decides from where the run's row says that the segment is, and begins no page after `until`; another message
        goes on from where this ends. Where the message is `isolated`, its page may have killed a worker: it is handed
        on, account by account, and another message goes on behind it.

        A message that comes twice, or again after a crash, so takes up what is left; of two at once one ends. Raises
        RunMoved, QueueUnavailable and what the stores raise: the message may be tried again.
        """
        total: Tally = Counter()
        if isolated:
            delay = 0 if self._page(work, total, self.trigger.hand_on) else None
        else:
            page = partial(self._page, work, total, self.trigger.decide_each)
            delay = paged(page, clock=self.trigger.clock, until=until)
        if delay is not None:
            self.trigger.queue.send([write(work, delay_seconds=delay)])
        return total

    def _page(self, work: DecideAll, total: Tally, decide: Callable[[Sequence[AccountId], Occasion], Tally]) -> bool:
        """Whether another follows; what is decided is added to `total`."""
        run = self.runs.get(RUN, work.run_id)
        if run is None or not _goes_on(run, work) or not self._in_force(run, work):
            return False
        start = run.cursor.get(str(work.segment))
        page = self.lists.ids(segment=work.segment, segments=work.segments, start=start, limit=PAGE)
        skipping = work.policy_version if run.order.get("holds") == Holds.SKIP else None
        tally = decide(page.items, Occasion(work.cause, recombine=True, skipping=skipping))
        total.update(tally)
        counts = {status.value: number for status, number in tally.items()}
        if skipping is not None and not self._tells_apart():
            counts[HOLDS_KEPT] = len(page.items)
        return self._saved(work, start, page, counts) and page.cursor is not None

    def _in_force(self, run: Run, work: DecideAll) -> bool:
        """Whether the walk's policy version is the one to decide with; else it waits for it, or the run ends."""
        now = self.trigger.clock()
        version = self.trigger.published.read(now).rulebook.policy_version
        if version == work.policy_version:
            return True
        if version is not None and version > work.policy_version:
            self._end(run, "superseded", now)
        elif now - run.created_at < PATIENCE:
            self.trigger.queue.send([write(work, delay_seconds=WAIT_SECONDS)])
        else:
            self._end(run, "not_published", now)
        return False

    def _tells_apart(self) -> bool:
        """Whether it can be told what the policy in force decides otherwise than the one before it."""
        published = self.trigger.published
        found = published.read(self.trigger.clock())
        return not found.skips_holds or published.before(found.rulebook) is not None

    def _end(self, run: Run, reason: str, now: datetime) -> None:
        self.runs.save(replace(run, state=RunState.CANCELLED, finished_at=now, error=reason))

    def _saved(self, work: DecideAll, start: str | None, page: Page[AccountId], counts: Mapping[str, int]) -> bool:
        """Notes the page in the run's row, which all segments share; False where it is this segment's no longer."""
        for _ in range(SAVES):
            run = self.runs.get(RUN, work.run_id)
            if run is None or not _goes_on(run, work) or run.cursor.get(str(work.segment)) != start:
                return False
            try:
                self.runs.save(_advanced(run, work, page, counts, self.trigger.clock()))
            except RunMoved:
                continue
            return True
        raise RunMoved(f"the run {work.run_id} was saved by others {SAVES} times over")


def _goes_on(run: Run, work: DecideAll) -> bool:
    alive = run.state in (RunState.QUEUED, RunState.RUNNING)
    return alive and run.cursor.get(str(work.segment)) != FINISHED


def _advanced(run: Run, work: DecideAll, page: Page[AccountId], counts: Mapping[str, int], now: datetime) -> Run:
    cursor = {**run.cursor, str(work.segment): page.cursor or FINISHED}
    whole = len(cursor) == work.segments and set(cursor.values()) == {FINISHED}
    return replace(
        run,
        state=RunState.SUCCEEDED if whole else RunState.RUNNING,
        done=run.done + len(page.items),
        finished_at=now if whole else None,
        worked_at=now,
        cursor=cursor,
        counts=_sum(run.counts, counts),
    )


def _sum(counts: Mapping[str, int], more: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted((Counter(counts) + Counter(more)).items()))
