"""What has a run done: the messages that begin it, and that are sent again where they seem to be lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from shared.runtime.messages import DecideAll, EditMany, SyncSource, Work
from shared.runtime.ports import Run, RunState

GOING_ON = frozenset({RunState.QUEUED, RunState.RUNNING})
UNBEGUN = timedelta(minutes=15)
"""A run that nobody has begun by then, unless its queue is that long, has lost its message."""
SILENT = timedelta(hours=1)
"""Longer than a message of a run on the decide queue can be under way, through seven receives."""
MOST_SILENT = timedelta(hours=6)
GIVEN_UP = timedelta(hours=72)
"""After its order."""


def works(run: Run) -> Sequence[Work]:
    """Sent once more than is needed they do no harm: each goes on from where the run says that it is.

    None for a run that was ordered before its order was kept.
    """
    kind, _, source = run.kind.partition(":")
    match kind:
        case "publish" if run.order:
            order = cast("Mapping[str, Any]", run.order)
            version, segments, cause = order["policy_version"], order["segments"], order["cause"]
            return [DecideAll(run.id, version, part, segments, None, cause) for part in range(segments)]
        case "bulk":
            return [EditMany(run.id)]
        case "sync":
            return [SyncSource(source, run.id)]
        case _:
            return []


def silent(run: Run, now: datetime) -> bool:
    """Whether a run that goes on has been heard of for so long not that it gets its messages again.

    Each time it waits for as long as it has gone on so far: where they come to nothing, they are few.
    """
    heard = run.worked_at or run.created_at
    least = UNBEGUN if run.state is RunState.QUEUED else SILENT
    return run.state in GOING_ON and now - heard >= min(max(least, heard - run.created_at), MOST_SILENT)
