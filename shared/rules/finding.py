"""What an evaluated condition reports: each leaf with the value it saw, and what it is short of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shared.accounts.values import Json


@dataclass(frozen=True, slots=True)
class Finding:
    """One leaf as it was evaluated."""

    pointer: str
    field: str
    op: str
    expected: Json
    """As JSON, formatted like the field's values; as written where it hangs on the present moment (`today+30d`, `90d`);
    of an amount of change that amount, or the percentage; null where the operator takes none."""
    actual: Json
    """Null where the field is missing; of a window what it comes to, to the eighth decimal, null where it is empty."""
    source: str | None
    """The source whose value it is; `score` where it is computed."""
    met: bool
    short_by: str | None
    """What an unmet `>`, `>=`, `<` or `<=` of number or money is short by; null where the value is missing."""
    beside: Mapping[str, Json] = MappingProxyType({})
    """Of a leaf that reads history: `over` and `window` where it has them, and `old`, like `actual` what it was before,
    where it compares with that. Of a leaf on a score `terms`, those that gave its points."""

    def to_json(self) -> dict[str, Json]:
        return {
            "pointer": self.pointer,
            "field": self.field,
            "op": self.op,
            "expected": self.expected,
            "actual": self.actual,
            "source": self.source,
            "met": self.met,
            "short_by": self.short_by,
            **self.beside,
        }
