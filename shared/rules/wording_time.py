"""Words for dates and timestamps: how a value stands to a day, a time, or a span about the present moment."""

from collections.abc import Mapping

from shared.accounts.values import FieldType
from shared.rules.condition import Leaf, Operator, Relative
from shared.rules.moment import Moment

TIMES = (FieldType.DATE, FieldType.TIMESTAMP)

ORDER_IN_TIME: Mapping[Operator, tuple[str, str]] = {
    Operator.EQ: ("equal to", "not"),
    Operator.NE: ("not", "must not be"),
    Operator.GT: ("after", "not after"),
    Operator.GE: ("on or after", "before"),
    Operator.LT: ("before", "not before"),
    Operator.LE: ("on or before", "after"),
}
"""By operator: said of a value that meets it, and of one that does not."""
_SPANS: Mapping[Operator, str] = {
    Operator.WITHIN_NEXT: "within the next {}",
    Operator.WITHIN_LAST: "within the last {}",
    Operator.BEYOND_NEXT: "more than {} ahead",
    Operator.BEYOND_LAST: "more than {} ago",
}
_UNITS: Mapping[str, str] = {"m": "minute", "h": "hour", "d": "day"}


def duration_words(duration: str) -> str:
    """`90 days`, of what a document has as `90d`."""
    number, unit = duration[:-1].lstrip("0"), _UNITS[duration[-1]]
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


def span_words(op: Operator, duration: str) -> str | None:
    """`within the next 90 days`; None for an operator without a span."""
    return _SPANS[op].format(duration_words(duration)) if op in _SPANS else None


def point_words(leaf: Leaf, relative: Relative, at: Moment) -> str:
    """`today+30d (2026-12-22)`: as the rule has it, and what that is now, where the calendar has it."""
    point = relative.distance + (at.today if leaf.type.type is FieldType.DATE else at.seconds)
    return f"{relative.written} ({leaf.type.to_text(point)})" if leaf.type.fits(point) else relative.written
