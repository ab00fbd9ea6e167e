"""The scheduled sync with everything around it in memory."""

from datetime import UTC, datetime, timedelta

from functions.crm_sync.service import CrmSync
from shared.accounts.values import Json
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.reader import PublishedReader
from shared.ingestion.intake import Intake
from shared.ingestion.notebook import Notebook
from shared.memory.accounts import MemoryAccounts
from shared.memory.directory import MemoryDirectory
from shared.memory.documents import MemoryDocuments
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryRuns, MemoryWatermarks
from shared.runtime.messages import SyncSource, read
from shared.runtime.ports import Run, RunState
from tests.support.connectors import FakeVendor, lender
from tests.unit.ingestion.builders import MRR, key

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
KIND = "sync:recurly"
LATER = timedelta(minutes=5)
"""Longer than any test's pull takes on the clock."""
TICK = SyncSource(None, None)
ASKED = SyncSource("recurly", "run-1")


class House:
    """The function with everything around it in memory; a queued run `run-1` is there, its clock stands still."""

    def __init__(self, *, runs: MemoryRuns | None = None, accounts: MemoryAccounts | None = None) -> None:
        self.now = NOW
        self.accounts = accounts or MemoryAccounts()
        self.documents = MemoryDocuments()
        self.queue = MemoryQueue()
        self.runs = runs or MemoryRuns()
        self.vendor = FakeVendor()
        self.synced = MemoryWatermarks()
        self.sync = CrmSync(
            published=PublishedReader(self.documents, timedelta(0)),
            lender=lender(self.vendor),
            runs=self.runs,
            intake=Intake(self.accounts, MemoryDirectory()),
            notebook=Notebook(MemoryRuns()),
            synced=self.synced,
            queue=self.queue,
            clock=lambda: self.now,
        )

    def configure(self, **source: Json) -> None:
        known = self.documents.get(Kind.PUBLISHED, "source:recurly")
        change = DocumentChange(Kind.PUBLISHED, "source:recurly", known.version if known else 0, source)
        self.documents.commit([change], at=NOW, by="user-1", audit=())

    def configure_settings(self, **settings: Json) -> None:
        change = DocumentChange(Kind.PUBLISHED, "settings", 0, settings)
        self.documents.commit([change], at=NOW, by="user-1", audit=())

    def queued(self, run_id: str = "run-1") -> Run:
        return self.runs.save(Run(run_id, KIND, RunState.QUEUED, NOW + LATER * len(self.vendor.pulled)))

    def work(self, asked: SyncSource = ASKED, *, until: datetime = NOW + LATER) -> Run | None:
        self.sync.work(asked, until)
        return self.runs.get(KIND, asked.run_id or "")

    def sent(self) -> list[tuple[SyncSource, int]]:
        found = [(read(message.body, (SyncSource,)), message.delay_seconds) for message in self.queue.take()]
        return [(work, delay) for work, delay in found if isinstance(work, SyncSource)]

    def mrr(self, record_key: str) -> object:
        return self.accounts.accounts[self.accounts.linked[key(record_key)].account_id].values.get(MRR)
