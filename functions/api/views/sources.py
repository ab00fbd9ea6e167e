"""The JSON of sources: how each is set up and how it fares, never its secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from pydantic import Field

from functions.api.views.runs import RejectView, RunView, reject_view, run_view
from shared.accounts.values import moment_text
from shared.configuration.sources import SourceConfig
from shared.runtime.ports import Run


class MappingView(TypedDict):
    property: str
    field: Annotated[str, Field(description="A field of the catalogue, or `tier`.")]
    translate: dict[str, str]


class StatusView(TypedDict):
    """What was noted while its records came in."""

    last_at: str | None
    counts: dict[str, int]
    rejects: list[RejectView]


class SourceView(TypedDict):
    name: str
    enabled: bool
    mapping: Annotated[
        list[MappingView] | None,
        Field(description="Null: every property that bears a catalogue field's name is that field."),
    ]
    sync_minutes: Annotated[int | None, Field(description="How often it is pulled; null: never.")]
    base_url: str | None
    mapping_revision: int
    status: StatusView
    last_run: RunView | None


class SourcesView(TypedDict):
    items: list[SourceView]
    next_cursor: None


def source_view(config: SourceConfig, status: Mapping[str, object], recent: Sequence[Run]) -> SourceView:
    """`recent` has its last run, if there was one."""
    return SourceView(
        name=config.name,
        enabled=config.enabled,
        mapping=None
        if config.mapping is None
        else [
            MappingView(property=entry.property, field=entry.target, translate=dict(entry.translate))
            for entry in config.mapping
        ],
        sync_minutes=config.sync_minutes,
        base_url=config.base_url,
        mapping_revision=config.mapping_revision,
        status=_status_view(status),
        last_run=run_view(recent[0]) if recent else None,
    )


def _status_view(status: Mapping[str, object]) -> StatusView:
    last_at, counts, rejects = status.get("last_at"), status.get("counts"), status.get("rejects")
    return StatusView(
        last_at=moment_text(last_at) if isinstance(last_at, datetime) else None,
        counts={str(name): int(count) for name, count in counts.items()} if isinstance(counts, Mapping) else {},
        rejects=[reject_view(reject) for reject in rejects] if isinstance(rejects, Sequence) else [],
    )
