"""The JSON of pauses."""

from collections.abc import Mapping
from typing import Annotated, TypedDict

from pydantic import Field

from functions.api.views.moments import at
from shared.configuration.pauses import Pause


class PauseView(TypedDict):
    scope: Annotated[str, Field(description="`tiers`, `mail`, `writeback` or `source:` and a source's name.")]
    reason: str
    author: Annotated[str, Field(description="Who ordered it; `deployment`: a new deployment begins with it.")]
    since: Annotated[str | None, Field(description="Null: from the deployment's beginning.")]
    until: Annotated[str | None, Field(description="When it ends by itself; null: not before somebody ends it.")]


class PausesView(TypedDict):
    """Those that last now."""

    items: list[PauseView]
    next_cursor: None


def pause_view(scope: str, pause: Pause) -> PauseView:
    return PauseView(
        scope=scope, reason=pause.reason, author=pause.author, since=at(pause.since), until=at(pause.until)
    )


def pauses_view(holding: Mapping[str, Pause]) -> PausesView:
    return PausesView(items=[pause_view(scope, pause) for scope, pause in holding.items()], next_cursor=None)
