"""The field catalogue as JSON: one field as the API shows it, and all that differ from the built-in ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from shared.accounts.catalogue import BUILT_IN, TIER_WORDS, Catalogue, Combine, Field
from shared.accounts.identity import FieldName, SourceName
from shared.accounts.kept import Kept
from shared.accounts.money import Currency
from shared.accounts.values import FieldType, Json
from shared.rules.errors import Code, DocumentError
from shared.rules.parse_score import NOT_A_NUMBER, POINTER, parse_terms, read_conditions, terms_to_json
from shared.rules.reading import Reading

MAX_FIELDS = 500
MAX_OPTIONS = 200
MAX_LABEL = 100

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z", re.ASCII)
_BUILT_IN = {entry.name: entry for entry in BUILT_IN}
_TYPES = {kind.value: kind for kind in FieldType}
_COMBINES = {combine.value: combine for combine in Combine}
_KEPT: Mapping[str, Kept] = {kept.value: kept for kept in (Kept.NONE, Kept.CHANGES, Kept.DAILY)}
_AMOUNTS = (FieldType.NUMBER, FieldType.MONEY)
_EDITABLE = ("label", "combine", "sources", "options", "history", "score")


def parse_fields(document: Json, currency: Currency) -> Catalogue:
    """The catalogue that `{"fields": [...]}` makes of the built-in fields; raises DocumentRefused."""
    reading = Reading()
    given = reading.members(document, "", optional=("fields",))
    fields = dict(_BUILT_IN)
    scores: dict[FieldName, str] = {}
    for pointer, item in reading.items(given.get("fields", []), "/fields", at_most=MAX_FIELDS):
        entry = reading.nested(partial(parse_field, item), pointer, None)
        if entry is None:
            continue
        if entry.name in fields and fields[entry.name] is not _BUILT_IN.get(entry.name):
            reading.refuse(f"{pointer}/name", Code.DUPLICATE_ID, f"{entry.name} stands there already")
        fields[entry.name] = entry
        if entry.score:
            scores[entry.name] = pointer
    catalogue = Catalogue(fields, currency)
    for name, pointer in scores.items():
        read_conditions(fields[name], catalogue, reading, pointer + POINTER)
    reading.done()
    return catalogue


def parse_field(document: Json) -> Field:
    """A custom field, or a built-in one with another label, combine rule, source order, options or history.

    Raises DocumentRefused. Only an enum has options; only numbers and money are summed. What the conditions of a score
    say is read by `check_score`, beside other fields.
    """
    reading = Reading()
    given = reading.members(document, "", required=("name",), optional=("type", "custom", *_EDITABLE))
    name = _name(reading, given.get("name"))
    base = _BUILT_IN.get(name) or Field(name, FieldType.STRING, label=name, custom=True)
    if given.get("score") is not None:
        base = replace(base, sources=(), score=parse_terms(given["score"], reading, POINTER))
    kind = _type(reading, given, base)
    entry = replace(
        base,
        type=kind,
        label=reading.text(given.get("label", base.label), "/label", at_most=MAX_LABEL),
        combine=reading.choice(given.get("combine", base.combine.value), "/combine", _COMBINES, base.combine),
        sources=tuple(SourceName(s) for s in reading.texts(given.get("sources", list(base.sources)), "/sources")),
        options=reading.texts(given.get("options", list(base.options)), "/options", at_most=MAX_OPTIONS),
        history=_history(reading, given.get("history", base.history.value)),
    )
    for error in _contradictions(entry):
        reading.refuse(error.pointer, error.code, error.message)
    reading.done()
    return entry


def check_score(entry: Field, catalogue: Catalogue) -> None:
    """Raises DocumentRefused where the conditions of a score don't fit the other fields of `catalogue`."""
    reading = Reading()
    read_conditions(entry, catalogue, reading, POINTER)
    reading.done()


def field_to_json(entry: Field) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "name": entry.name,
        "type": entry.type.value,
        "label": entry.label,
        "combine": entry.combine.value,
        "sources": list(entry.sources),
        "options": list(entry.options),
        "custom": entry.custom,
        "history": entry.history.value,
    }
    return {**shown, "score": terms_to_json(entry.score)} if entry.score else shown


def fields_to_json(catalogue: Catalogue) -> dict[str, Json]:
    """The document that `parse_fields` makes `catalogue` of: custom fields, and built-in ones that differ."""
    return {
        "fields": [
            field_to_json(entry) for name, entry in sorted(catalogue.fields.items()) if entry != _BUILT_IN.get(name)
        ]
    }


def _name(reading: Reading, value: Json) -> FieldName:
    if not isinstance(value, str) or not _NAME.match(value):
        reading.refuse("/name", Code.VALUE_NOT_FOR_TYPE, "write 1 to 64 of a-z, 0-9 and _, beginning with a letter")
        return FieldName("")
    if value in TIER_WORDS:
        reading.refuse("/name", Code.DUPLICATE_ID, f"{value} speaks of the tier itself: take another name")
    return FieldName(value)


def _type(reading: Reading, given: object, base: Field) -> FieldType:
    if not isinstance(given, dict) or "type" not in given:
        if base.custom:
            reading.refuse("/type", Code.MISSING_KEY, f"type is required: one of {', '.join(_TYPES)}")
        return base.type
    kind = reading.choice(given["type"], "/type", _TYPES, base.type)
    if not base.custom and kind is not base.type:
        reading.refuse("/type", Code.VALUE_NOT_FOR_TYPE, f"{base.name} is built in: its type is {base.type}")
    return kind


def _history(reading: Reading, value: Json) -> Kept:
    """True and false, as documents once had it, stand for changes and none."""
    if isinstance(value, bool):
        return Kept.CHANGES if value else Kept.NONE
    return reading.choice(value, "/history", _KEPT, Kept.NONE)


def _contradictions(entry: Field) -> list[DocumentError]:
    found = []
    if entry.type is FieldType.ENUM and not entry.options:
        found.append(DocumentError("/options", Code.MISSING_KEY, "an enum names its options"))
    if entry.type is not FieldType.ENUM and entry.options:
        found.append(DocumentError("/options", Code.UNKNOWN_KEY, "only an enum has options"))
    if entry.score:
        found.extend(_not_of_a_score(entry))
    elif entry.combine is Combine.SUM and entry.type not in _AMOUNTS:
        found.append(DocumentError("/combine", Code.VALUE_NOT_FOR_TYPE, "only number and money are summed"))
    if entry.history is Kept.DAILY and entry.type not in _AMOUNTS:
        found.append(
            DocumentError("/history", Code.VALUE_NOT_FOR_TYPE, "only number and money are kept by day: write changes")
        )
    return found


def _not_of_a_score(entry: Field) -> Iterator[DocumentError]:
    """What fields that take values have, and a score, which is computed, has not."""
    if not entry.custom:
        yield DocumentError(POINTER, Code.UNKNOWN_KEY, f"{entry.name} is built in: only a custom field is a score")
    if entry.type is not FieldType.NUMBER:
        yield DocumentError("/type", Code.VALUE_NOT_FOR_TYPE, NOT_A_NUMBER)
    if entry.sources:
        yield DocumentError("/sources", Code.UNKNOWN_KEY, "a score takes no values from sources")
    if entry.combine is not Combine.LATEST:
        yield DocumentError("/combine", Code.UNKNOWN_KEY, "a score combines no records")
    if entry.history is not Kept.NONE:
        yield DocumentError("/history", Code.UNKNOWN_KEY, "a score has no history: ask for that of the fields it reads")
