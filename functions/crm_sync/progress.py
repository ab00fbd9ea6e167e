"""How a run moves on: each step is a new run to save, and the store says whether it was still ours to move."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from shared.connectors.ports import PulledPage
from shared.ingestion.tally import REJECTED, UNCHANGED, WRITTEN, Tally
from shared.runtime.ports import Run, RunState

MAX_REJECTS = 100
RECORDS = "records"


def begun(run: Run, last: Run | None, revision: int, now: datetime) -> Run:
    """From where the last run that succeeded came to; from the beginning without one, or after a change of rates or
    mapping: what did not change at the source is worth something else here.
    """
    cursor = dict(last.cursor) if last and last.revision == revision else {}
    return replace(run, state=RunState.RUNNING, worked_at=now, cursor=cursor, revision=revision)


def advanced(run: Run, page: PulledPage, tally: Tally, now: datetime) -> Run:
    """Past a page whose records are stored."""
    done = {RECORDS: tally.records} | {name: tally.counts.get(name, 0) for name in (WRITTEN, UNCHANGED, REJECTED)}
    return replace(
        run,
        state=RunState.SUCCEEDED if page.done else RunState.RUNNING,
        worked_at=now,
        finished_at=now if page.done else None,
        done=run.done + tally.records,
        total=run.total if page.total is None else page.total,
        cursor=dict(page.cursor),
        counts=dict(Counter(run.counts) + Counter(done)),
        rejects=(*run.rejects, *tally.rejects)[:MAX_REJECTS],
    )


def waiting(run: Run, now: datetime) -> Run:
    """Where it stands, still alive."""
    return replace(run, worked_at=now)


def failed(run: Run, error: str, now: datetime) -> Run:
    return replace(run, state=RunState.FAILED, worked_at=now, finished_at=now, error=error)
