"""Step 2 of the flow, on a schedule or when asked: a source is pulled page by page, from where the last run came to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.crm_sync import progress
from functions.crm_sync.schedule import Begin, Leave, Wake, decide
from shared.accounts.identity import SourceName
from shared.configuration.reader import PublishedReader, sync_time
from shared.configuration.sources import SourceConfig
from shared.connectors.lender import Lender
from shared.connectors.ports import VendorRefused, VendorUnavailable
from shared.ingestion.intake import Intake
from shared.ingestion.notebook import Notebook
from shared.ingestion.tally import REJECTED, Tally
from shared.runtime.backoff import ATTEMPTS, delay_after
from shared.runtime.failures import Retryable
from shared.runtime.messages import SyncSource, write
from shared.runtime.ports import Queue, QueueUnavailable, Run, RunMoved, RunState, RunStore, Watermarks
from shared.runtime.works import GOING_ON

LOOKED_THROUGH = (10, 1_000)
"""Runs among which the last that succeeded is sought: few, and only then many."""
NOT_QUEUED = "not_queued"
"""The error of a run that the queue did not take."""


@dataclass(frozen=True, slots=True)
class CrmSync:
    published: PublishedReader
    lender: Lender
    runs: RunStore
    intake: Intake
    notebook: Notebook
    synced: Watermarks
    """When the last complete sync of each source began."""
    queue: Queue
    clock: Callable[[], datetime]

    def work(self, asked: SyncSource, until: datetime) -> list[Run]:
        """Starts the runs that are due, or moves one on until its end or `until`; returns them as they were left.

        Whoever can't save a run leaves it: another moved it on, or cancelled it. Raises QueueUnavailable, and Retryable
        and Permanent from the stores; the same may be asked again.
        """
        if asked.source is None or asked.run_id is None:
            return list(self._started())
        run = self.runs.get(kind(asked.source), asked.run_id)
        if run is None or run.state not in GOING_ON:
            return []
        try:
            return [self._pulled(run, SourceName(asked.source), asked.attempt, until)]
        except RunMoved:
            return []

    def _started(self) -> Iterator[Run]:
        now = self.clock()
        for config in self.published.read(now).sources.values():
            if config.name in self.lender:
                newest = next(iter(self.runs.recent(kind(config.name), limit=1)), None)
                match decide(_interval(config), newest, now):
                    case Begin():
                        # Two ticks in one minute begin the same run: the second can't save it.
                        yield from self._queued(
                            config, Run(f"{now:%Y%m%dT%H%MZ}", kind(config.name), RunState.QUEUED, now)
                        )
                    case Wake(run):
                        yield from self._queued(config, progress.waiting(run, now))
                    case Leave():
                        pass

    def _queued(self, config: SourceConfig, run: Run) -> Iterator[Run]:
        try:
            stored = self.runs.save(run)
        except RunMoved:
            return
        try:
            self.queue.send([write(SyncSource(config.name, stored.id))])
        except QueueUnavailable:
            self.runs.save(progress.failed(stored, NOT_QUEUED, self.clock()))
            raise
        yield stored

    def _pulled(self, run: Run, source: SourceName, attempt: int, until: datetime) -> Run:
        """Raises RunMoved."""
        if run.state is RunState.QUEUED:
            now = self.clock()
            run = self._saved(progress.begun(run, self._last_success(run), self._revision(source, now), now))
        while True:
            now = self.clock()
            try:
                run = self._saved(self._past_a_page(run, source, now))
            except VendorRefused as error:
                run = self._saved(progress.failed(run, str(error), now))
            except (VendorUnavailable, Retryable) as error:
                return self._waiting(run, source, attempt, error)
            if run.state is RunState.SUCCEEDED:
                self.synced.advance(sync_time(source), run.created_at)
            if run.state is not RunState.RUNNING:
                return run
            if self.clock() >= until:
                self.queue.send([write(SyncSource(source, run.id))])
                return run
            attempt = 0

    def _revision(self, source: SourceName, now: datetime) -> int:
        """Of rates and mapping together: both only grow."""
        published = self.published.read(now)
        config = published.sources.get(source)
        return published.settings.rates_revision + (config.mapping_revision if config else 0)

    def _past_a_page(self, run: Run, source: SourceName, now: datetime) -> Run:
        """The run with its next page stored; what a page does not name stays as it is."""
        published = self.published.read(now)
        config = published.sources.get(source)
        if config is None or not config.enabled or source not in self.lender:
            raise VendorRefused(f"{source} is switched off, or only sends")
        with self.lender.lent(config) as connector:
            page = connector.pull(run.cursor, rates=published.settings.exchange, now=now)
        unread = Tally({REJECTED: len(page.rejects)} if page.rejects else {}, tuple(page.rejects))
        tally = self.intake.take(page.records, config, published, now) + unread
        self.notebook.note(source, tally, now)
        return progress.advanced(run, page, tally, now)

    def _waiting(self, run: Run, source: SourceName, attempt: int, error: VendorUnavailable | Retryable) -> Run:
        """Saved before the message goes back, so that of two workers only one sends it."""
        now = self.clock()
        if attempt >= ATTEMPTS:
            return self._saved(progress.failed(run, f"{source} did not answer for three days: {error}", now))
        stored = self._saved(progress.waiting(run, now))
        asks = error.retry_after or 0 if isinstance(error, VendorUnavailable) else 0
        again = SyncSource(source, run.id, attempt + 1)
        self.queue.send([write(again, delay_seconds=delay_after(attempt, at_least=asks))])
        return stored

    def _saved(self, run: Run) -> Run:
        """Raises RunMoved, unless what is stored is this very step, whose answer was lost."""
        try:
            return self.runs.save(run)
        except RunMoved:
            stored = self.runs.get(run.kind, run.id)
            if stored is None or replace(stored, version=run.version) != run:
                raise
            return stored

    def _last_success(self, run: Run) -> Run | None:
        for limit in LOOKED_THROUGH:
            for earlier in self.runs.recent(run.kind, limit=limit):
                if earlier.state is RunState.SUCCEEDED:
                    return earlier
        return None


def _interval(config: SourceConfig) -> timedelta | None:
    scheduled = config.enabled and config.sync_minutes is not None
    return timedelta(minutes=config.sync_minutes or 0) if scheduled else None


def kind(source: str) -> str:
    return f"sync:{source}"
