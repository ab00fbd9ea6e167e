"""Exact JSON: how the stores keep what is JSON already, each number as it was given."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def write(value: object) -> str:
    """`value` as compact ASCII; tuples are arrays. Raises TypeError for what JSON can't say, binary floats included."""
    match value:
        case None | bool() | int() | str():
            return json.dumps(value)
        case Decimal() if value.is_finite():
            return str(value)
        case Mapping():
            return "{" + ",".join(f"{_key(key)}:{write(member)}" for key, member in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(write, value)) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} {value!r:.100} can't be kept exactly as JSON")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a JSON object's key is a string, not {key!r:.100}")
    return json.dumps(key)


def read(text: str) -> Any:
    """What `write` wrote: whole numbers as int, others as Decimal."""
    return json.loads(text, parse_float=Decimal)
