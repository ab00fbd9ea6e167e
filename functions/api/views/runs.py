"""The JSON of long works: state, progress, what came of it."""

from collections.abc import Sequence
from typing import Annotated, TypedDict

from pydantic import Field

from functions.api.views.moments import at
from shared.accounts.values import moment_text
from shared.runtime.ports import Run


class ProgressView(TypedDict):
    done: int
    total: Annotated[int | None, Field(description="Null while it is not known.")]


class RejectView(TypedDict):
    record: str
    reason: str


class RunView(TypedDict):
    id: str
    state: Annotated[str, Field(description="`queued`, `running`, `succeeded`, `failed` or `cancelled`.")]
    progress: ProgressView
    created_at: str
    finished_at: str | None
    counts: Annotated[dict[str, int], Field(description="What it did, by name.")]
    rejects: Annotated[list[RejectView], Field(description="The first records that were not taken.")]
    error: Annotated[str | None, Field(description="Why it failed.")]


class RunsView(TypedDict):
    """Newest first."""

    items: list[RunView]
    next_cursor: None


def run_view(run: Run) -> RunView:
    return RunView(
        id=run.id,
        state=run.state.value,
        progress=ProgressView(done=run.done, total=run.total),
        created_at=moment_text(run.created_at),
        finished_at=at(run.finished_at),
        counts=dict(run.counts),
        rejects=[reject_view(reject) for reject in run.rejects],
        error=run.error,
    )


def runs_view(runs: Sequence[Run]) -> RunsView:
    return RunsView(items=[run_view(run) for run in runs], next_cursor=None)


def reject_view(reject: object) -> RejectView:
    given = reject if isinstance(reject, dict) else {}
    return RejectView(record=str(given.get("record", "")), reason=str(given.get("reason", "")))
