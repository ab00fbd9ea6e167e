"""What every vendor's webhook checks in the same way: a signature's time, the signature itself, the body's form."""

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from shared.accounts.strict_json import JsonRefused, loads
from shared.accounts.values import Json
from shared.connectors.ports import BadDelivery, Unauthenticated

TOLERANCE = timedelta(minutes=5)
"""How far a signature's time may be from now, to either side."""
MAX_BODY = 256 * 1024

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_DIGITS = 14
"""Of a time: the year 5138 in milliseconds, and no hostile integer."""


def check_fresh(text: str, unit: timedelta, now: datetime) -> None:
    """`text` counts `unit`s since 1970 up to a moment within TOLERANCE of `now`; else raises Unauthenticated."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise Unauthenticated("the signature's time is missing or no whole number")
    off = int(text) * (unit // _MICROSECOND) - (now - _EPOCH) // _MICROSECOND
    if abs(off) > TOLERANCE // _MICROSECOND:
        raise Unauthenticated("the signature's time is more than five minutes off")


def any_equal(expected: bytes, signatures: Iterable[str]) -> bool:
    """Compared as bytes in constant time; a text beyond ASCII is no signature."""
    return any(hmac.compare_digest(expected, text.encode()) for text in signatures if text.isascii())


def is_key(key: bytes) -> bool:
    """Whether `key` signs anything: HMAC fills a key up with null bytes, so one of nothing else is the empty key."""
    return bool(key.strip(b"\0"))


def read_object(body: bytes) -> Mapping[str, Json]:
    """The JSON object in a verified body; raises BadDelivery."""
    try:
        document = loads(body, max_bytes=MAX_BODY)
    except JsonRefused as error:
        raise BadDelivery(str(error)) from error
    if not isinstance(document, dict):
        raise BadDelivery("The body is no JSON object.")
    return document
