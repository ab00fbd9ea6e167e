"""Cursors: where a list's next page starts, opaque to whoever carries it and checked when it comes back."""

import base64
import binascii
import json

from shared.accounts.listing import BadCursor

MAX_TEXT = 4_096


def write(of: str, *place: str) -> str:
    """A cursor of the list `of` at `place`."""
    text = json.dumps([of, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, of: str, parts: int) -> list[str]:
    """The place, of `parts` texts that are not empty, which `cursor` marks in the list `of`; raises BadCursor.

    Anybody may have written the cursor: a place in it may be one that never existed.
    """
    try:
        text = base64.b64decode(
            cursor[:MAX_TEXT].encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        )
        found = json.loads(text)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor("the cursor is none of this list's: take the one of the page before, unchanged") from error
    if not isinstance(found, list) or len(found) != parts + 1 or found[0] != of or not all(map(_is_text, found)):
        raise BadCursor("the cursor is none of this list's: take the one of the page before, unchanged")
    return found[1:]


def _is_text(part: object) -> bool:
    return isinstance(part, str) and bool(part) and not any("\ud800" <= char <= "\udfff" for char in part)
