"""Exact JSON: how the stores keep what is JSON already, each number as it was given."""

from collections.abc import Mapping
from decimal import Decimal
from json import JSONDecoder
from json.encoder import encode_basestring_ascii as _text
from typing import Any

_decoded = JSONDecoder(parse_float=Decimal).decode
"""Made once: `json.loads` would make a decoder for each text."""


def write(value: object) -> str:
    """`value` as compact ASCII; tuples are arrays. Raises TypeError for what JSON has not: binary floats, and keys that
    are no strings.
    """
    match value:
        case str():
            return _text(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return int.__repr__(value)
        case dict():
            members = [
                # Most members are texts: a call less for each.
                f"{_text(key)}:{_text(member) if type(member) is str else write(member)}"
                for key, member in value.items()
            ]
            return "{" + ",".join(members) + "}"
        case list() | tuple():
            return "[" + ",".join([write(member) for member in value]) + "]"
        case Decimal() if value.is_finite():
            return str(value)
        case Mapping():
            return write(dict(value))
        case _:
            raise TypeError(f"{type(value).__name__} {value!r:.100} can't be kept exactly as JSON")


def read(text: str) -> Any:
    """What `write` wrote: whole numbers as int, others as Decimal."""
    return _decoded(text)
