"""Recurly's JSON objects, read member by member: a member of another type is a reason to refuse the object."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from shared.accounts.values import Json, ValueRefused, parse_decimal, parse_moment
from shared.connectors.ports import BadRecord

type Document = Mapping[str, Json]


def text(document: Document, name: str) -> str | None:
    """Absent, null and empty are alike."""
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRecord(f"{_what(document)}: {name} is no text")
    return value or None


def required(document: Document, name: str) -> str:
    value = text(document, name)
    if value is None:
        raise BadRecord(f"{_what(document)}: {name} is missing")
    return value


def moment(document: Document, name: str) -> datetime | None:
    value = text(document, name)
    if value is None:
        return None
    try:
        return parse_moment(value)
    except ValueRefused as error:
        raise BadRecord(f"{_what(document)}: {name} is no RFC 3339 time") from error


def amount(document: Document, name: str) -> Fraction | None:
    """An amount in major units, or a rate, exactly: a JSON number or a decimal string."""
    value = document.get(name)
    if value is None:
        return None
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Fraction(value)
    try:
        return Fraction(parse_decimal(value))
    except ValueRefused as error:
        raise BadRecord(f"{_what(document)}: {name} is no number") from error


def count(document: Document, name: str) -> int | None:
    value = document.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise BadRecord(f"{_what(document)}: {name} is no count")
    return value


def child(document: Document, name: str) -> Document:
    """An object inside; absent and null are an empty one."""
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadRecord(f"{_what(document)}: {name} is no object")
    return value


def children(document: Document, name: str) -> Sequence[Document]:
    """The objects of an array inside; absent and null are none."""
    value = document.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadRecord(f"{_what(document)}: {name} is no array")
    found = [item for item in value if isinstance(item, Mapping)]
    if len(found) < len(value):
        raise BadRecord(f"{_what(document)}: {name} has what is no object")
    return found


def _what(document: Document) -> str:
    kind, object_id = document.get("object"), document.get("id")
    return f"{kind if isinstance(kind, str) else 'object'} {object_id if isinstance(object_id, str) else '(no id)'}"
