"""Comparisons of a number or time as the range of values that they accept."""

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
