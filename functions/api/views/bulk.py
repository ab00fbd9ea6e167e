"""The JSON of edits of many accounts."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from functions.api.views.runs import RunView, run_view
from shared.runtime.ports import Run


class BulkView(RunView):
    """`counts` has `changed`, of these `moved` to another tier, `unchanged` and `refused`; `rejects` say why."""

    action: str
    dry_run: Annotated[bool, Field(description="Nothing is written: the counts say what would be.")]


def bulk_view(run: Run) -> BulkView:
    edit = cast("Mapping[str, Any]", run.order["edit"])
    return BulkView(**run_view(run), action=edit["action"], dry_run=bool(run.order["dry_run"]))
