"""A secret's text, as operators write it; apart from the rest, for the function that loads no SDK."""

import json


def values_of(text: str) -> tuple[str, ...]:
    """A JSON array of texts, newest first, or one plain text; nothing where one is empty."""
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = text
    values = tuple(parsed) if isinstance(parsed, list) else (text,)
    return values if all(isinstance(value, str) and value for value in values) else ()
