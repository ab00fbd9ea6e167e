"""Has every account decided again after a change of what decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.api.service.runs import queue_for
from shared.runtime.messages import write
from shared.runtime.ports import Queue, Run, RunState, RunStore
from shared.runtime.works import works
from shared.tiers.skipping import Holds

KIND = "publish"
SEGMENTS = 4


@dataclass(frozen=True, slots=True)
class Retier:
    runs: RunStore
    decide: Queue
    new_id: Callable[[], str]
    delay_seconds: int
    """Until no worker decides with what was in force before: it trusts its copy for a while, then ends its batch."""

    def order(self, policy_version: int, now: datetime, cause: str = "policy", *, holds: Holds = Holds.KEEP) -> Run:
        """Starts a walk over all accounts under a policy version that is about to be published, or stays in force.

        It is ordered before the change is committed: a change in force without its walk would never be noticed, while
        a walk without its change finds nothing to do. Raises QueueUnavailable.
        """
        order = {"policy_version": policy_version, "segments": SEGMENTS, "cause": cause, "holds": holds.value}
        run = self.runs.save(Run(id=self.new_id(), kind=KIND, state=RunState.QUEUED, created_at=now, order=order))
        walks = [write(walk, delay_seconds=self.delay_seconds) for walk in works(run)]
        queue_for(self.runs, run, self.decide, walks, now)
        return run
