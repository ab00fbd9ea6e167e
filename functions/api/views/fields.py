"""The JSON of the field catalogue."""

from typing import Annotated, Literal, TypedDict, cast

from pydantic import Field as Described

from functions.api.http.shapes import KEPT
from shared.accounts.catalogue import Catalogue, Field

type Setting = Literal["none", "changes", "daily"]


class FieldView(TypedDict):
    name: str
    type: str
    label: str
    combine: Annotated[str, Described(description="How a source's records combine: `sum` or `latest`.")]
    sources: Annotated[list[str], Described(description="Which source wins, first to last; then the others.")]
    options: list[str]
    custom: bool
    history: Annotated[Setting, Described(description=KEPT)]


class FieldsView(TypedDict):
    """The fields by name, built in and custom."""

    items: list[FieldView]
    next_cursor: None


def field_view(entry: Field) -> FieldView:
    return FieldView(
        name=entry.name,
        type=entry.type.value,
        label=entry.label,
        combine=entry.combine.value,
        sources=list(entry.sources),
        options=list(entry.options),
        custom=entry.custom,
        history=cast("Setting", entry.history.value),
    )


def fields_view(catalogue: Catalogue) -> FieldsView:
    return FieldsView(items=[field_view(entry) for _, entry in sorted(catalogue.fields.items())], next_cursor=None)
