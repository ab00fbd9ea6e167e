"""A secret's parameter, as operators write it and Parameter Store tells of it; apart from the rest, for the function
that loads no SDK.
"""

import json
from collections.abc import Mapping
from typing import Any

type Edition = tuple[Any, Any]
"""Of a parameter: as long as it is the same, so is the text. It is told without decrypting, which KMS is paid for."""


def values_of(text: str) -> tuple[str, ...]:
    """A JSON array of texts, newest first, or one plain text; nothing where one is empty."""
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = text
    values = tuple(parsed) if isinstance(parsed, list) else (text,)
    return values if all(isinstance(value, str) and value for value in values) else ()


def edition_of(parameter: Mapping[str, Any]) -> Edition:
    """One that was deleted and set again begins with version 1 anew, at another time."""
    return parameter["Version"], parameter["LastModifiedDate"]
