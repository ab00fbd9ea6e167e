"""Sets of one number's values, for lint: which values a condition surely accepts, and which it may accept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Self

from shared.accounts.identity import FieldName
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not, Operator, Reference
from shared.rules.ranges import FAR, as_range

type Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ValueSet:
    """Closed intervals, ascending, apart from each other by more than a step; and whether a missing value is in."""

    step: int
    """The least difference of two values: a cent of money."""
    intervals: tuple[Interval, ...]
    missing: bool

    def __bool__(self) -> bool:
        return self.missing or bool(self.intervals)

    def with_union(self, other: Self) -> Self:
        return self._of((*self.intervals, *other.intervals), missing=self.missing or other.missing)

    def complement(self) -> Self:
        edges = [-FAR, *(edge for low, high in self.intervals for edge in (low - self.step, high + self.step)), FAR]
        gaps = [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low <= high]
        return self._of(gaps, missing=not self.missing)

    def common(self, other: Self) -> Self:
        found, mine, others = [], 0, 0
        while mine < len(self.intervals) and others < len(other.intervals):
            one, two = self.intervals[mine], other.intervals[others]
            if max(one[0], two[0]) <= min(one[1], two[1]):
                found.append((max(one[0], two[0]), min(one[1], two[1])))
            if one[1] < two[1]:
                mine += 1
            else:
                others += 1
        return type(self)(self.step, tuple(found), self.missing and other.missing)

    def within(self, other: Self) -> bool:
        return not self.common(other.complement())

    def _of(self, intervals: Iterable[Interval], *, missing: bool) -> Self:
        merged: list[Interval] = []
        for low, high in sorted(intervals):
            if merged and low <= merged[-1][1] + self.step:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return type(self)(self.step, tuple(merged), missing)


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one field's values: those that surely make a condition true, and those that may, as the others fall."""

    surely: ValueSet
    maybe: ValueSet

    @property
    def exact(self) -> bool:
        """Whether the condition hangs on this field alone."""
        return self.surely == self.maybe


def reach(condition: Condition, name: FieldName, step: int) -> Reach:
    """What the values of the field `name` say of `condition`."""
    nothing = ValueSet(step, (), missing=False)
    match condition:
        case Always():
            return Reach(nothing.complement(), nothing.complement())
        case Not(member):
            inner = reach(member, name, step)
            return Reach(inner.maybe.complement(), inner.surely.complement())
        case All(members):
            each = [reach(member, name, step) for member in members]
            return Reach(
                reduce(ValueSet.common, (found.surely for found in each)),
                reduce(ValueSet.common, (found.maybe for found in each)),
            )
        case Either(members):
            each = [reach(member, name, step) for member in members]
            return Reach(
                reduce(ValueSet.with_union, (found.surely for found in each)),
                reduce(ValueSet.with_union, (found.maybe for found in each)),
            )
        case Leaf():
            return _leaf(condition, name, nothing)


def _leaf(leaf: Leaf, name: FieldName, nothing: ValueSet) -> Reach:
    known = replace(nothing, intervals=((-FAR, FAR),))
    if leaf.field != name:
        compares = isinstance(leaf.value, Reference) and leaf.value.field == name
        return Reach(nothing, known if compares else nothing.complement())
    if leaf.op is Operator.PRESENT:
        return Reach(known, known)
    if leaf.op is Operator.MISSING:
        return Reach(known.complement(), known.complement())
    found = _numbers(leaf, nothing)
    return Reach(nothing, known) if found is None else Reach(found, found)


def _numbers(leaf: Leaf, nothing: ValueSet) -> ValueSet | None:
    if leaf.op is Operator.NE:
        equal = _numbers(replace(leaf, op=Operator.EQ), nothing)
        return None if equal is None else replace(equal.complement(), missing=False)
    found, step = as_range(leaf), nothing.step
    if found is None:
        return None
    low, high = -(-found.low // step) * step, found.high // step * step
    return replace(nothing, intervals=((low, high),) if low <= high else ())
