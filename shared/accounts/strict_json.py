"""Strict JSON: where bytes from outside become values, exact and bounded, or are refused with a sentence."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NoReturn, cast

from shared.accounts.values import Json

MAX_DEPTH = 32
MAX_NUMBER = 40
"""Characters of one number: beyond any amount, id or coordinate that a system sends."""
MAX_EXPONENT = 30

_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class JsonRefused(ValueError):
    """The document is no JSON, or JSON that systems read differently; the message is a sentence for its sender."""


def loads(data: bytes | str, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> Json:
    """The document in `data`: whole numbers as int, others as Decimal, never float. Raises JsonRefused.

    Refused are more than `max_bytes` of UTF-8, a BOM, invalid UTF-8, half surrogate pairs, nesting beyond `max_depth`,
    duplicate keys, NaN, Infinity and numbers such as 1e400 or of thousands of digits.
    """
    text = _text(data, max_bytes)
    _check_depth(text, max_depth)
    try:
        document = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise JsonRefused(f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    if "\\u" in text:
        _check_escapes(document)
    return cast(Json, document)


def _text(data: bytes | str, max_bytes: int) -> str:
    try:
        raw = data if isinstance(data, bytes) else data.encode()
        text = raw.decode()
    except UnicodeError as error:
        raise JsonRefused("JSON is written in UTF-8; this has bytes or characters that are not.") from error
    if len(raw) > max_bytes:
        raise JsonRefused(f"The document has {len(raw)} bytes; at most {max_bytes} are read.")
    if text.startswith("\ufeff"):
        raise JsonRefused("The document begins with a byte order mark: send UTF-8 without one.")
    return text


def _check_depth(text: str, max_depth: int) -> None:
    """Before parsing: the parser recurses, and a hostile depth would exhaust its stack."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for token in _TOKENS.finditer(text):
        first = token.group()[0]
        if first in "[{":
            depth += 1
            if depth > max_depth:
                raise JsonRefused(f"The document is nested deeper than {max_depth} levels.")
        elif first in "]}":
            depth -= 1


def _object(pairs: Iterable[tuple[str, Json]]) -> dict[str, Json]:
    members: dict[str, Json] = {}
    for key, value in pairs:
        if key in members:
            raise JsonRefused(f"The key {key[:100]!r} occurs twice in one object.")
        members[key] = value
    return members


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_NUMBER:
        raise JsonRefused(f"A number has {len(digits)} digits; at most {MAX_NUMBER} are read.")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    mantissa, _, exponent = digits.lower().partition("e")
    if len(mantissa) > MAX_NUMBER or len(exponent) > len("+000") or abs(int(exponent or "0")) > MAX_EXPONENT:
        raise JsonRefused(f"The number {digits[:MAX_NUMBER]} is beyond what is read exactly.")
    return Decimal(digits)


def _constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is no JSON number.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole_number, parse_float=_decimal, parse_constant=_constant
)
"""Made once: `json.loads` would make a decoder for each text."""


def _check_escapes(document: object) -> None:
    """Escapes alone can write half a surrogate pair, which UTF-8 can't."""
    try:
        json.dumps(document, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        raise JsonRefused("The text has half of a surrogate pair (a \\ud800 without its other half).") from error
