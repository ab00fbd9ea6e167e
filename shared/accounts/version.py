"""A source record's version: a number that grows, or a time; compared within one record only."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Self

UNITS = 10**9
"""Versions are kept in billionths: nanoseconds of a time, nine decimals of a number. Nothing is rounded."""
MOST = 10**18 * UNITS
"""No version's number is as large."""


class VersionKind(StrEnum):
    NUMBER = "number"
    TIME = "time"


class VersionKindChanged(ValueError):
    """A record whose versions were numbers sent a time, or the other way round: they can't be compared."""


@dataclass(frozen=True, slots=True)
class Version:
    """`revision` counts the mapping and the exchange rates a derived value was computed with, after the record's own
    version: the same record read under new rates is newer.
    """

    kind: VersionKind
    at: int
    """Billionths of the number, or nanoseconds since 1970 UTC."""
    revision: int = 0

    @classmethod
    def of_number(cls, number: int | Decimal, *, revision: int = 0) -> Self:
        """Raises ValueError beyond nine decimals or 18 digits before the point."""
        at = number * UNITS if isinstance(number, int) else _billionths(number)
        if at is None or abs(at) >= MOST:
            raise ValueError("a version number has at most 18 digits before the point and 9 after it")
        return cls(VersionKind.NUMBER, at, revision)

    @classmethod
    def of_time(cls, moment: datetime, *, revision: int = 0) -> Self:
        """`moment` is aware; its microseconds count."""
        seconds = int(moment.replace(microsecond=0).timestamp())
        return cls(VersionKind.TIME, seconds * UNITS + moment.microsecond * 1000, revision)

    def revised(self, by: int) -> Self:
        """The same state, `by` revisions on."""
        return type(self)(self.kind, self.at, self.revision + by)

    def newer_than(self, other: Self) -> bool:
        """Raises VersionKindChanged where the two can't be compared."""
        if self.kind is not other.kind:
            raise VersionKindChanged(f"the record's versions were a {other.kind}, this one is a {self.kind}")
        return (self.at, self.revision) > (other.at, other.revision)

    def restates(self, other: Self) -> bool:
        """Whether this is the same state of the record as `other`, read under a later mapping or later rates."""
        return (self.kind, self.at) == (other.kind, other.at) and self.revision > other.revision


def _billionths(number: Decimal) -> int | None:
    """None where they are not whole, or beyond MOST."""
    with localcontext(prec=100):
        scaled = number.scaleb(9)
    return int(scaled) if abs(scaled) < MOST and scaled == scaled.to_integral_value() else None
