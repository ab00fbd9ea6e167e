"""The condition tree: what a rule asks of an account, validated and typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, Value, ValueType

MILLION = 1_000_000


class Operator(StrEnum):
    EQ = "="
    NE = "!="
    GT = ">"
    GE = ">="
    LT = "<"
    LE = "<="
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    SIZE_AT_LEAST = "size_at_least"
    SIZE_AT_MOST = "size_at_most"
    WITHIN_NEXT = "within_next"
    WITHIN_LAST = "within_last"
    BEYOND_NEXT = "beyond_next"
    BEYOND_LAST = "beyond_last"
    MISSING = "missing"
    PRESENT = "present"
    CHANGED = "changed"
    CHANGED_TO = "changed_to"
    CHANGED_FROM = "changed_from"
    SAME_FOR = "same_for"
    ROSE_BY = "rose_by"
    DROPPED_BY = "dropped_by"
    ROSE_BY_PCT = "rose_by_pct"
    DROPPED_BY_PCT = "dropped_by_pct"


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of another field of the same type, `times / 10,000` of it."""

    field: FieldName
    times: int = SCALE
    margin: int = 0
    """By how many millionths of its amount what is compared with lies higher, or lower where it is negative."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A distance from today in days, for a date, or from now in seconds, for a timestamp; in `within_…` and `beyond_…`
    the whole span, which is above 0.
    """

    distance: int
    written: str
    """As the document has it: `today+30d`, `now`, `90d`."""


@dataclass(frozen=True, slots=True)
class Duration:
    seconds: int
    written: str
    """As the document has it: `45d`."""


class Aggregate(StrEnum):
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Window:
    """In place of a number of one moment, what its entries of the last `of` seconds up to then come to."""

    fn: Aggregate
    of: int


type Condition = Leaf | All | Either | Not | Always


@dataclass(frozen=True, slots=True)
class Leaf:
    field: FieldName
    type: ValueType
    op: Operator
    value: Value | frozenset[str] | Reference | Relative | Duration | Fraction | None
    """By operator: a value of the field's type; for `in` and the like a set of strings; for `size_…` a plain int; a
    reference; what hangs on the present moment; for an amount of change that amount, for one in percent
    ten-thousandths of a percent; for `same_for` a duration; a fraction where a margin eases what a window is compared
    with; None for `missing`, `present` and `changed`."""
    pointer: str
    """Where the leaf stands in its document."""
    over: int | None = None
    """Of a change: how many seconds before now the old value was in force; None for the last change."""
    window: Window | None = None
    """Of a comparison of number or money, or an amount of change."""


@dataclass(frozen=True, slots=True)
class All:
    members: Sequence[Condition]


@dataclass(frozen=True, slots=True)
class Either:
    members: Sequence[Condition]


@dataclass(frozen=True, slots=True)
class Not:
    member: Condition


@dataclass(frozen=True, slots=True)
class Always:
    """`{"always": true}`."""
