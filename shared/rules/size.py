"""How large a document is, without writing it out: hostile ones are refused before anything reads them."""

from collections.abc import Mapping

from shared.accounts.values import Json

_PUNCTUATION = 2
"""Quotes, brackets, a comma and a colon: about two characters an entry."""


def exceeds(document: Json, max_bytes: int) -> bool:
    """Whether `document` takes more than `max_bytes` as compact JSON in UTF-8, escapes not counted."""
    size, waiting = 0, [document]
    while waiting and size <= max_bytes:
        entry = waiting.pop()
        size += _PUNCTUATION
        match entry:
            case str():
                size += len(entry.encode(errors="surrogatepass"))
            case Mapping():
                waiting.extend(entry.values())
                size += sum(len(str(key)) + _PUNCTUATION for key in entry)
            case list():
                waiting.extend(entry)
            case bool() | None:
                size += 4
            case int():
                size += entry.bit_length() // 3 + 1
            case _:
                size += len(str(entry))
    return size > max_bytes
