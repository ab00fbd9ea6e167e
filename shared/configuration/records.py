"""A source's record as a connector reads it, before the source's mapping turns its properties into fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.accounts.identity import RecordKey
from shared.accounts.values import Json
from shared.accounts.version import Version


@dataclass(frozen=True, slots=True)
class SourceRecord:
    key: RecordKey
    version: Version
    properties: Mapping[str, Json] = field(default_factory=dict)
    """JSON values by the source's names; numbers are int or Decimal; null clears; absent ones are untouched."""
    deleted: bool = False
    also_known_as: tuple[RecordKey, ...] = ()
    withheld: tuple[str, ...] = ()
    """Why properties that the source has were left out, one sentence each: they stay as they were, and it is noted."""
