"""Runs, the status of sources and the clock's watermarks in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shared.runtime.ports import Run, RunMoved

KEPT_REJECTS = 50


class MemoryRuns:
    """RunStore and Reports."""

    def __init__(self) -> None:
        self.runs: dict[tuple[str, str], Run] = {}
        self.reports: dict[str, tuple[datetime, Counter[str], tuple[Mapping[str, str], ...]]] = {}

    def get(self, kind: str, run_id: str) -> Run | None:
        return self.runs.get((kind, run_id))

    def save(self, run: Run) -> Run:
        known = self.get(run.kind, run.id)
        if (known.version if known else 0) != run.version:
            raise RunMoved(f"the run {run.kind}/{run.id} was saved since it was read")
        stored = self.runs[run.kind, run.id] = replace(run, version=run.version + 1)
        return stored

    def recent(self, kind: str, *, limit: int, since: datetime | None = None) -> Sequence[Run]:
        runs = [run for run in self.runs.values() if run.kind == kind and (since is None or run.created_at >= since)]
        return sorted(runs, key=lambda run: (run.created_at, run.id), reverse=True)[:limit]

    def note(
        self, source: str, *, at: datetime, counts: Mapping[str, int], rejects: Sequence[Mapping[str, str]]
    ) -> None:
        _, known, kept = self.reports.get(source, (at, Counter(), ()))
        self.reports[source] = (at, known + Counter(counts), (*rejects, *kept)[:KEPT_REJECTS])

    def status(self, source: str) -> Mapping[str, object]:
        if source not in self.reports:
            return {}
        at, counts, rejects = self.reports[source]
        return {"last_at": at, "counts": dict(counts), "rejects": [dict(reject) for reject in rejects]}


class MemoryWatermarks:
    """Watermarks."""

    def __init__(self) -> None:
        self.reached: dict[str, datetime] = {}

    def get(self, name: str) -> datetime | None:
        return self.reached.get(name)

    def advance(self, name: str, to: datetime) -> None:
        self.reached[name] = max(to, self.reached.get(name, to))
