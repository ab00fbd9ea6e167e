"""The JSON of the field catalogue."""

from typing import Annotated, TypedDict

from pydantic import Field as Described

from shared.accounts.catalogue import Catalogue, Field


class FieldView(TypedDict):
    name: str
    type: str
    label: str
    combine: Annotated[str, Described(description="How a source's records combine: `sum` or `latest`.")]
    sources: Annotated[list[str], Described(description="Which source wins, first to last; then the others.")]
    options: list[str]
    custom: bool
    history: Annotated[bool, Described(description="Whether its changes are kept for rules that read them.")]


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
        history=entry.history,
    )


def fields_view(catalogue: Catalogue) -> FieldsView:
    return FieldsView(items=[field_view(entry) for _, entry in sorted(catalogue.fields.items())], next_cursor=None)
