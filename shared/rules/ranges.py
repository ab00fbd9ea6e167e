"""Comparisons of one number or time within an `all`, drawn together: most rules fail on one look at one value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType
from shared.rules.condition import Condition, Leaf, Operator

FAR = 10**30
"""Beyond every value, sums of all records of an account included."""


_KEPT_AS_INT = (FieldType.NUMBER, FieldType.MONEY, FieldType.DATE, FieldType.TIMESTAMP)


@dataclass(frozen=True, slots=True)
class Range:
    """`low <= value <= high`; false where the field is missing."""

    field: FieldName
    low: int = -FAR
    high: int = FAR


def as_range(condition: Condition) -> Range | None:
    """The range of values that the condition accepts, where it is no more than that."""
    if not isinstance(condition, Leaf) or condition.type.type not in _KEPT_AS_INT:
        return None
    field, bound = condition.field, condition.value
    if not isinstance(bound, int) or condition.window is not None:
        return None
    match condition.op:
        case Operator.GE:
            return Range(field, low=bound)
        case Operator.GT:
            return Range(field, low=bound + 1)
        case Operator.LE:
            return Range(field, high=bound)
        case Operator.LT:
            return Range(field, high=bound - 1)
        case Operator.EQ:
            return Range(field, bound, bound)
        case _:
            return None


def drawn_together(members: Iterable[Condition]) -> tuple[Sequence[Range], Sequence[Condition]]:
    """The members that are ranges, one a field, and the others: all of both hold where all members do."""
    ranges: dict[FieldName, Range] = {}
    others = []
    for member in members:
        found = as_range(member)
        if found is None:
            others.append(member)
            continue
        known = ranges.get(found.field, Range(found.field))
        ranges[found.field] = Range(found.field, max(known.low, found.low), min(known.high, found.high))
    return tuple(ranges.values()), others
