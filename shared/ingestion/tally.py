"""What became of records: counts by name, and a reason for each that was not taken."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

type Reject = Mapping[str, str]
"""`record` and `reason`."""

WRITTEN = "written"
UNCHANGED = "unchanged"
"""Known already: nothing was written."""
REJECTED = "rejected"
CONFLICTS = "conflicts"
UNMAPPED = "unmapped:"
"""Before the name of a property that no field takes."""


@dataclass(frozen=True, slots=True)
class Tally:
    counts: Mapping[str, int] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()

    def __add__(self, other: Self) -> Self:
        if not (self.counts or self.rejects):
            return other
        return type(self)(Counter(self.counts) + Counter(other.counts), (*self.rejects, *other.rejects))

    @property
    def records(self) -> int:
        return sum(self.counts.get(name, 0) for name in (WRITTEN, UNCHANGED, REJECTED))


def rejected(record: str, reason: str) -> Tally:
    return Tally({REJECTED: 1}, ({"record": record, "reason": reason},))
