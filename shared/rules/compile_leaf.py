"""From one leaf to a closure: a lookup, a type check that stands for "not missing", a comparison."""

import operator
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction

from shared.accounts.values import SCALE, FieldType, Value
from shared.rules.compile_changes import compile_change, windowed
from shared.rules.condition import MILLION, Leaf, Operator, Reference
from shared.rules.distances import Distances, distances
from shared.rules.facts import Facts, Test
from shared.rules.vocabulary import HISTORY, PRESENCE
from shared.rules.windows import Amount

KEPT_AS: Mapping[FieldType, type[Value]] = {
    FieldType.NUMBER: int,
    FieldType.MONEY: int,
    FieldType.STRING: str,
    FieldType.ENUM: str,
    FieldType.BOOLEAN: bool,
    FieldType.LIST: tuple,
    FieldType.DATE: int,
    FieldType.TIMESTAMP: int,
}


def compile_leaf(leaf: Leaf) -> Test:
    """The leaf as a test; false on a missing field, but for the operator `missing`."""
    if leaf.op in PRESENCE:
        return _presence(leaf)
    if leaf.op in HISTORY or leaf.window is not None:
        return compile_change(leaf, _present(leaf)) if leaf.op in HISTORY else _windowed(leaf)
    asked = distances(leaf)
    if asked is not None:
        return _outside(asked) if leaf.op is Operator.NE else _within(asked)
    match leaf.type.type, leaf.value:
        case (_, Reference() as reference):
            return _compared(leaf, reference)
        case ((FieldType.NUMBER | FieldType.MONEY | FieldType.DATE | FieldType.TIMESTAMP), int() as bound):
            return _ordered(leaf, bound)
        case FieldType.BOOLEAN, bool() as wanted:
            return _boolean(leaf, wanted=wanted)
        case FieldType.LIST, (int() | frozenset()) as wanted:
            return _size(leaf, wanted) if isinstance(wanted, int) else _list(leaf, wanted)
        case FieldType.ENUM, (str() | frozenset()) as wanted:
            return _option(leaf, wanted)
        case FieldType.STRING, (str() | frozenset()) as wanted:
            return _text(leaf, wanted) if isinstance(wanted, str) else _member(leaf, wanted)
        case _:
            raise _misfit(leaf)


def _presence(leaf: Leaf) -> Test:
    """Asked of the true values: a last known one in the place of a missing one makes no field present."""
    field, fits, wanted = leaf.field, _fits(leaf), leaf.op is Operator.PRESENT
    return lambda facts: fits((facts.values if facts.true_values is None else facts.true_values).get(field)) is wanted


def _present(leaf: Leaf) -> Test:
    field, fits = leaf.field, _fits(leaf)
    return lambda facts: fits(facts.values.get(field))


def _fits(leaf: Leaf) -> Callable[[Value | None], bool]:
    if leaf.type.type is FieldType.ENUM:
        options = frozenset(leaf.type.options)
        return lambda value: value in options
    kept_as = KEPT_AS[leaf.type.type]
    return lambda value: type(value) is kept_as


def _ordered(leaf: Leaf, bound: int) -> Test:
    field = leaf.field
    match leaf.op:
        case Operator.EQ:
            return lambda facts: type(value := facts.values.get(field)) is int and value == bound
        case Operator.NE:
            return lambda facts: type(value := facts.values.get(field)) is int and value != bound
        case Operator.GT:
            return lambda facts: type(value := facts.values.get(field)) is int and value > bound
        case Operator.GE:
            return lambda facts: type(value := facts.values.get(field)) is int and value >= bound
        case Operator.LT:
            return lambda facts: type(value := facts.values.get(field)) is int and value < bound
        case Operator.LE:
            return lambda facts: type(value := facts.values.get(field)) is int and value <= bound
        case _:
            raise _misfit(leaf)


_ORDER: Mapping[Operator, Callable[[Amount, Amount], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}


def _compared(leaf: Leaf, reference: Reference) -> Test:
    """Both sides times SCALE: the product is exact. Of dates and timestamps `times` is 1."""
    field, other, times, holds = leaf.field, reference.field, reference.times, _ORDER[leaf.op]
    if reference.margin:
        return _compared_with_margin(leaf, reference)

    def test(facts: Facts) -> bool:
        left, right = facts.values.get(field), facts.values.get(other)
        return type(left) is int and type(right) is int and holds(left * SCALE, right * times)

    return test


def _windowed(leaf: Leaf) -> Test:
    """The reference's field isn't windowed."""
    amount, holds, value = windowed(leaf, _present(leaf)), _ORDER[leaf.op], leaf.value
    if not isinstance(value, Reference | int | Fraction):
        raise _misfit(leaf)

    def test(facts: Facts) -> bool:
        left = amount(facts)
        if not isinstance(value, Reference):
            return left is not None and holds(left, value)
        right = facts.values.get(value.field)
        if left is None or type(right) is not int:
            return False
        limit = right * value.times
        return holds(left * SCALE * MILLION, limit * MILLION + abs(limit) * value.margin)

    return test


def _compared_with_margin(leaf: Leaf, reference: Reference) -> Test:
    """Both sides times SCALE and a million: the margin is exact."""
    field, other, times, holds = leaf.field, reference.field, reference.times, _ORDER[leaf.op]
    factor, margin = SCALE * MILLION, reference.margin

    def test(facts: Facts) -> bool:
        left, right = facts.values.get(field), facts.values.get(other)
        if type(left) is not int or type(right) is not int:
            return False
        limit = right * times
        return holds(left * factor, limit * MILLION + abs(limit) * margin)

    return test


def _within(asked: Distances) -> Test:
    field, low, high = asked.field, asked.low, asked.high
    if asked.of_date:
        return lambda facts: type(value := facts.values.get(field)) is int and low <= value - facts.at.today <= high
    return lambda facts: type(value := facts.values.get(field)) is int and low <= value - facts.at.seconds <= high


def _outside(asked: Distances) -> Test:
    within, field = _within(asked), asked.field
    return lambda facts: type(facts.values.get(field)) is int and not within(facts)


def answer(leaf: Leaf, *, wanted: bool) -> bool:
    """The one value that meets the leaf."""
    return wanted if leaf.op is Operator.EQ else not wanted


def _boolean(leaf: Leaf, *, wanted: bool) -> Test:
    field, met_by = leaf.field, answer(leaf, wanted=wanted)
    return lambda facts: facts.values.get(field) is met_by


def accepted(leaf: Leaf, wanted: str | frozenset[str]) -> frozenset[str]:
    """The options that meet the leaf; one that the field no longer has is no value, so it is not among them."""
    options, members = frozenset(leaf.type.options), frozenset({wanted}) if isinstance(wanted, str) else wanted
    return options - members if leaf.op in (Operator.NE, Operator.NOT_IN) else options & members


def _option(leaf: Leaf, wanted: str | frozenset[str]) -> Test:
    field, options = leaf.field, accepted(leaf, wanted)
    return lambda facts: facts.values.get(field) in options


def _text(leaf: Leaf, text: str) -> Test:
    field = leaf.field
    match leaf.op:
        case Operator.EQ:
            return lambda facts: facts.values.get(field) == text
        case Operator.NE:
            return lambda facts: type(value := facts.values.get(field)) is str and value != text
        case Operator.CONTAINS:
            return lambda facts: type(value := facts.values.get(field)) is str and text in value
        case Operator.STARTS_WITH:
            return lambda facts: type(value := facts.values.get(field)) is str and value.startswith(text)
        case Operator.ENDS_WITH:
            return lambda facts: type(value := facts.values.get(field)) is str and value.endswith(text)
        case _:
            raise _misfit(leaf)


def _member(leaf: Leaf, members: AbstractSet[str]) -> Test:
    field = leaf.field
    if leaf.op is Operator.IN:
        return lambda facts: facts.values.get(field) in members
    return lambda facts: type(value := facts.values.get(field)) is str and value not in members


def _list(leaf: Leaf, wanted: frozenset[str]) -> Test:
    field = leaf.field
    match leaf.op:
        case Operator.HAS_ANY:
            return lambda facts: type(value := facts.values.get(field)) is tuple and not wanted.isdisjoint(value)
        case Operator.HAS_ALL:
            return lambda facts: type(value := facts.values.get(field)) is tuple and wanted.issubset(value)
        case Operator.HAS_NONE:
            return lambda facts: type(value := facts.values.get(field)) is tuple and wanted.isdisjoint(value)
        case _:
            raise _misfit(leaf)


def _size(leaf: Leaf, bound: int) -> Test:
    field = leaf.field
    if leaf.op is Operator.SIZE_AT_LEAST:
        return lambda facts: type(value := facts.values.get(field)) is tuple and len(value) >= bound
    return lambda facts: type(value := facts.values.get(field)) is tuple and len(value) <= bound


def _misfit(leaf: Leaf) -> ValueError:
    return ValueError(f"{leaf.pointer}: {leaf.op} and its value don't fit a {leaf.type.type}")
