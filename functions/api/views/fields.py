"""The JSON of the field catalogue."""

from typing import Annotated, Any, Literal, TypedDict, cast

from pydantic import Field as Described

from functions.api.http.shapes import KEPT
from shared.accounts.catalogue import Catalogue, Field
from shared.rules.parse_score import terms_to_json

type Setting = Literal["none", "changes", "daily"]


class TermView(TypedDict):
    when: Annotated[dict[str, Any], Described(description="A condition, as rules have it.")]
    points: Annotated[int | str, Described(description="May be negative, or a decimal string.")]


class FieldView(TypedDict):
    name: str
    type: str
    label: str
    combine: Annotated[str, Described(description="How a source's records combine: `sum` or `latest`.")]
    sources: Annotated[list[str], Described(description="Which source wins, first to last; then the others.")]
    options: list[str]
    custom: bool
    history: Annotated[Setting, Described(description=KEPT)]
    score: Annotated[
        list[TermView] | None,
        Described(description="Of a field that is computed: it sums the points of what holds. Null: it takes values."),
    ]


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
        score=cast("list[TermView]", terms_to_json(entry.score)) if entry.score else None,
    )


def fields_view(catalogue: Catalogue) -> FieldsView:
    return FieldsView(items=[field_view(entry) for _, entry in sorted(catalogue.fields.items())], next_cursor=None)
