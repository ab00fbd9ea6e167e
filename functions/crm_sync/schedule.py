"""Which sources are due for a pull: a decision from the newest run of each, with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.runtime.ports import Run, RunState
from shared.runtime.works import GOING_ON

UNBEGUN = timedelta(minutes=30)
"""A run that nobody has begun by then has lost its message, or a worker of it died, and it comes again just then."""
SILENT = timedelta(hours=6)
"""Longer than a message of a run that goes on can be under way: through seven receives, or the longest delay."""


@dataclass(frozen=True, slots=True)
class Begin:
    """It is time for the next run."""


@dataclass(frozen=True, slots=True)
class Wake:
    """The run has lost its message: it gets another."""

    run: Run


@dataclass(frozen=True, slots=True)
class Leave:
    reason: str


type Decision = Begin | Wake | Leave


def decide(every: timedelta | None, newest: Run | None, now: datetime) -> Decision:
    """What to do about a source that is pulled so often (None: when asked), given its newest run."""
    if newest is not None and newest.state in GOING_ON:
        patience = UNBEGUN if newest.state is RunState.QUEUED else SILENT
        silent = now - (newest.worked_at or newest.created_at) >= patience
        return Wake(newest) if silent else Leave(f"run {newest.id} is under way")
    if every is None:
        return Leave("it has no schedule, or is switched off")
    if newest is None:
        return Begin()
    if now - newest.created_at < every:
        return Leave(f"run {newest.id} began less than {every} ago")
    return Begin()
