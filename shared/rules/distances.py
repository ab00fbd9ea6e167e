"""Comparisons with the present moment as what they come to: how far a value may lie from today, or from now."""

from dataclasses import dataclass

from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType
from shared.rules.condition import Leaf, Operator, Relative
from shared.rules.ranges import FAR


@dataclass(frozen=True, slots=True)
class Distances:
    """`low <= value - clock <= high`, where the clock is today's day, of dates, or the present second."""

    field: FieldName
    of_date: bool
    low: int
    high: int


def distances(leaf: Leaf) -> Distances | None:
    """What the leaf asks of the distance (of `!=`, what it bars); None where it doesn't hang on the present moment."""
    if not isinstance(leaf.value, Relative):
        return None
    low, high = _bounds(leaf.op, leaf.value.distance)
    return Distances(leaf.field, leaf.type.type is FieldType.DATE, low, high)


def _bounds(op: Operator, distance: int) -> tuple[int, int]:
    match op:
        case Operator.GT | Operator.BEYOND_NEXT:
            return distance + 1, FAR
        case Operator.GE:
            return distance, FAR
        case Operator.LT:
            return -FAR, distance - 1
        case Operator.LE:
            return -FAR, distance
        case Operator.WITHIN_NEXT:
            return 0, distance
        case Operator.WITHIN_LAST:
            return -distance, 0
        case Operator.BEYOND_LAST:
            return -FAR, -distance - 1
        case _:
            return distance, distance
