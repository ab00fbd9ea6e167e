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
CHANGES = (Operator.CHANGED, Operator.CHANGED_TO, Operator.CHANGED_FROM)
RISES = (Operator.ROSE_BY, Operator.ROSE_BY_PCT)
DROPS = (Operator.DROPPED_BY, Operator.DROPPED_BY_PCT)
PERCENTAGES = (Operator.ROSE_BY_PCT, Operator.DROPPED_BY_PCT)
MOVES = (Operator.ROSE_BY, Operator.DROPPED_BY, Operator.ROSE_BY_PCT, Operator.DROPPED_BY_PCT)
"""Amounts of change."""
OF_EVERY_TYPE = (*PRESENCE, *CHANGES, Operator.SAME_FOR)
HISTORY = (*CHANGES, Operator.SAME_FOR, *MOVES)
"""They read what a field was before."""
OVER = (*CHANGES, *MOVES)
"""They may say since when."""
COMPARED_WITH_OLD = (Operator.CHANGED_TO, Operator.CHANGED_FROM, *MOVES)
"""They compare the present value with an old one."""
WINDOWED = (*ORDER, *MOVES)
"""Of number and money they may read a window."""
WITHOUT_VALUE = (*PRESENCE, Operator.CHANGED)

OPERATORS: Mapping[FieldType, Sequence[Operator]] = {
    FieldType.NUMBER: (*ORDER, *MOVES),
    FieldType.MONEY: (*ORDER, *MOVES),
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
"""Beside those of every type."""

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
    without_history: AbstractSet[str] = frozenset()
    """Names of what no history is kept of."""
    scores: AbstractSet[str] = frozenset()
    """The fields that are computed from others; those that `types` leaves out, this condition may not read."""


def kind(of: ValueType) -> str:
    """`an enum`: the type as a sentence names it."""
    return _KINDS[of.type]


def operators(of: ValueType, *, history: bool = True) -> str:
    """`=, !=, in or not_in`: what may be used on a field of the type, beside what may be used on every field."""
    *most, last = [op.value for op in OPERATORS[of.type] if history or op not in HISTORY]
    return f"{', '.join(most)} or {last}"
