"""Cursors: where a list's next page starts, opaque to whoever carries it and checked when it comes back."""

import base64
import json

from shared.accounts.listing import BadCursor

MAX_TEXT = 4_096
MAX_PART = 1_024
MAX_DIGITS = 16

_REFUSED = "the cursor is none of this list's: take the one of the page before, unchanged"


def write(of: str, *place: str) -> str:
    """A cursor of the list `of` at `place`."""
    text = json.dumps([of, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, of: str, parts: int) -> list[str]:
    """The place, of `parts` texts of 1 to 1,024 bytes, which `cursor` marks in the list `of`; raises BadCursor.

    Anybody may have written the cursor: a place in it may be one that never existed.
    """
    try:
        text = base64.b64decode(
            cursor[:MAX_TEXT].encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        )
        found = json.loads(text)
        fits = all(isinstance(part, str) and 0 < len(part.encode()) <= MAX_PART for part in found)
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCursor(_REFUSED) from error
    if not isinstance(found, list) or len(found) != parts + 1 or found[0] != of or not fits:
        raise BadCursor(_REFUSED)
    return found[1:]


def number(part: str) -> int:
    """A part of a place that is a whole number; raises BadCursor."""
    if not (part.isascii() and part.isdecimal() and len(part) <= MAX_DIGITS):
        raise BadCursor(_REFUSED)
    return int(part)
