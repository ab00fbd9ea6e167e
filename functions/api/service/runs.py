"""Long works that other functions do: what starts one is a message, what shows it is a run."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from functions.api.service.refusals import Conflict
from shared.runtime.ports import Message, Queue, QueueUnavailable, Run, RunState, RunStore
from shared.runtime.works import GOING_ON


def queue_for(runs: RunStore, run: Run, queue: Queue, messages: Sequence[Message], now: datetime) -> None:
    """Sends what has a saved run done; where the queue takes nothing, the run fails and QueueUnavailable goes on.

    The run comes first: whoever takes the message finds it.
    """
    try:
        queue.send(messages)
    except QueueUnavailable:
        runs.save(replace(run, state=RunState.FAILED, finished_at=now, error="not_queued"))
        raise


def cancel(runs: RunStore, run: Run, now: datetime) -> Run:
    """It stops before its next page; what it did stays done. Raises Conflict where it has ended, RunMoved."""
    if run.state not in GOING_ON:
        raise Conflict(f"It has ended already: {run.state}.", code="ended")
    return runs.save(replace(run, state=RunState.CANCELLED, finished_at=now))
