"""Conditions as documents, and what parsing them gives."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.accounts.catalogue import TIER_WORDS, Field
from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType, Json, Value
from shared.rules.condition import Condition
from shared.rules.errors import DocumentError
from shared.rules.facts import Facts, Values
from shared.rules.moment import Moment
from shared.rules.parse import parse_condition
from shared.rules.reading import Reading
from shared.rules.vocabulary import Vocabulary
from tests.support.builders import CATALOGUE, NOW
from tests.support.builders import values as values_of

FIELDS = CATALOGUE.with_field(
    Field(FieldName("grade"), FieldType.ENUM, "Grade", options=("free", "pro", "enterprise"), custom=True)
)
VOCABULARY = Vocabulary({name: FIELDS.types[name] for name in FIELDS.fields}, TIER_WORDS)


def leaf(field: str, op: str, *value: Json) -> dict[str, Json]:
    document: dict[str, Json] = {"field": field, "op": op}
    return {**document, "value": value[0]} if value else document


def parse(document: Json, pointer: str = "") -> Condition:
    """Raises DocumentRefused."""
    reading = Reading()
    condition = parse_condition(document, VOCABULARY, reading, pointer)
    reading.done()
    return condition


def errors(document: Json, pointer: str = "") -> list[DocumentError]:
    reading = Reading()
    parse_condition(document, VOCABULARY, reading, pointer)
    return reading.errors


def moment(now: datetime = NOW, zone: str = "UTC") -> Moment:
    return Moment(now, ZoneInfo(zone))


def values(given: Mapping[str, Json]) -> dict[FieldName, Value]:
    return {name: value for name, value in values_of(given, FIELDS).items() if value is not None}


def facts(given: Mapping[str, Json], at: Moment | None = None) -> Facts:
    """Of values without a history, in JSON."""
    return facts_of(values(given), at)


def facts_of(known: Values, at: Moment | None = None) -> Facts:
    return Facts(known, {}, at or moment())
