"""What a condition may read, and which operators each type of field has."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType, ValueType
from shared.rules.condition import Operator

ORDER = (Operator.EQ, Operator.NE, Operator.GT, Operator.GE, Operator.LT, Operator.LE)
MEMBERSHIP = (Operator.IN, Operator.NOT_IN)
LISTS = (Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE)
SPANS = (Operator.WITHIN_NEXT, Operator.WITHIN_LAST, Operator.BEYOND_NEXT, Operator.BEYOND_LAST)
"""Their value is a duration."""
SIZES = (Operator.SIZE_AT_LEAST, Operator.SIZE_AT_MOST)
PRESENCE = (Operator.MISSING, Operator.PRESENT)
"""The operators of every type, without a value."""

OPERATORS: Mapping[FieldType, Sequence[Operator]] = {
    FieldType.NUMBER: ORDER,
    FieldType.MONEY: ORDER,
    FieldType.STRING: (
        Operator.EQ,
        Operator.NE,
        *MEMBERSHIP,
        Operator.CONTAINS,
        Operator.STARTS_WITH,
        Operator.ENDS_WITH,
    ),
    FieldType.ENUM: (Operator.EQ, Operator.NE, *MEMBERSHIP),
    FieldType.BOOLEAN: (Operator.EQ, Operator.NE),
    FieldType.LIST: (*LISTS, *SIZES),
    FieldType.DATE: (*ORDER, *SPANS),
    FieldType.TIMESTAMP: (*ORDER, *SPANS),
}
"""Beside PRESENCE."""

_KINDS: Mapping[FieldType, str] = {
    FieldType.NUMBER: "a number",
    FieldType.MONEY: "money",
    FieldType.STRING: "a string",
    FieldType.ENUM: "an enum",
    FieldType.BOOLEAN: "a boolean",
    FieldType.LIST: "a list",
    FieldType.DATE: "a date",
    FieldType.TIMESTAMP: "a timestamp",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    types: Mapping[FieldName, ValueType]
    barred: AbstractSet[str] = frozenset()
    """Names that other conditions may read and this one may not: it would feed on its own result."""


def kind(of: ValueType) -> str:
    """`an enum`: the type as a sentence names it."""
    return _KINDS[of.type]


def operators(of: ValueType) -> str:
    """`=, !=, in or not_in`: what may be used on a field of the type."""
    *most, last = [op.value for op in OPERATORS[of.type]]
    return f"{', '.join(most)} or {last}"
