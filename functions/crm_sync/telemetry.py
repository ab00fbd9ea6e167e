"""What a sync tells: a line for each run that was worked on, and how runs end."""

from collections.abc import Iterable

from shared.runtime import telemetry
from shared.runtime.ports import Run, RunState

_ENDED = {RunState.SUCCEEDED: "SyncsSucceeded", RunState.FAILED: "SyncsFailed"}


def tell(runs: Iterable[Run]) -> None:
    for run in runs:
        about = {"run": run.id, "kind": run.kind, "state": run.state, "counts": dict(run.counts), "error": run.error}
        write = telemetry.logger().error if run.state is RunState.FAILED else telemetry.logger().info
        write("sync", extra=about)
        if run.state in _ENDED:
            telemetry.count(_ENDED[run.state])
