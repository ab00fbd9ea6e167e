"""A field catalogue as a trial evaluation describes it: names and types, and the rest as far as it is told."""

from collections.abc import Mapping

from shared.accounts.catalogue import BUILT_IN, TIER_WORDS, Catalogue, Field, ScoreTerm
from shared.accounts.identity import FieldName, SourceName
from shared.accounts.money import Currency
from shared.accounts.values import FieldType, Json
from shared.rules.errors import Code
from shared.rules.parse_score import NOT_A_NUMBER, POINTER, parse_terms, read_conditions
from shared.rules.reading import Reading

MAX_FIELDS = 500
MAX_NAME = 64

_TYPES = {kind.value: kind for kind in FieldType}
_LABELS = {entry.name: entry.label for entry in BUILT_IN}
_NO_PART_IN_DECIDING = ("combine", "custom", "history", "unit")


def parse_catalogue(document: Json, pointer: str, currency: Currency, reading: Reading) -> Catalogue:
    """The fields of the list alone, nothing built in beside them; what is wrong is refused in `reading`."""
    fields: dict[FieldName, Field] = {}
    scores: dict[FieldName, str] = {}
    for where, item in reading.items(document, pointer, at_most=MAX_FIELDS):
        entry = _field(item, where, reading)
        if entry.name and entry.name in fields:
            reading.refuse(f"{where}/name", Code.DUPLICATE_ID, f"{entry.name!r} stands there already")
        fields[entry.name] = entry
        if entry.score:
            scores[entry.name] = where
    catalogue = Catalogue(fields, currency)
    for name, where in scores.items():
        read_conditions(fields[name], catalogue, reading, where + POINTER)
    return catalogue


def _field(document: Json, pointer: str, reading: Reading) -> Field:
    given = reading.members(
        document,
        pointer,
        required=("name", "type"),
        optional=("label", "options", "sources", "score", *_NO_PART_IN_DECIDING),
    )
    name = reading.text(given["name"], f"{pointer}/name", at_most=MAX_NAME) if "name" in given else ""
    if name in TIER_WORDS:
        reading.refuse(f"{pointer}/name", Code.DUPLICATE_ID, f"{name} speaks of the tier itself: take another name")
    kind = reading.choice(given.get("type"), f"{pointer}/type", _TYPES, FieldType.STRING)
    options = reading.texts(given.get("options", []), f"{pointer}/options", at_most=200)
    if kind is FieldType.ENUM and not options:
        reading.refuse(f"{pointer}/options", Code.MISSING_KEY, "an enum names its options")
    label = reading.text(given.get("label", _LABELS.get(FieldName(name), name)), f"{pointer}/label", empty=True)
    sources = reading.texts(given.get("sources", []), f"{pointer}/sources")
    return Field(
        FieldName(name),
        kind,
        label,
        sources=tuple(map(SourceName, sources)),
        options=options,
        score=_score(given, pointer, kind, reading),
    )


def _score(given: Mapping[str, Json], pointer: str, kind: FieldType, reading: Reading) -> tuple[ScoreTerm, ...]:
    if given.get("score") is None:
        return ()
    if kind is not FieldType.NUMBER:
        reading.refuse(f"{pointer}/type", Code.VALUE_NOT_FOR_TYPE, NOT_A_NUMBER)
    return parse_terms(given["score"], reading, pointer + POINTER)
