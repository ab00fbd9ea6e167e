"""From a condition's tree and an account's values to findings: every leaf with what it asked for and what it saw."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import cast

from shared.accounts.identity import FieldName, SourceName
from shared.accounts.values import SCALE, FieldType, Json, Value, ValueType
from shared.rules.changes import old_amount, old_value
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import All, Always, Condition, Duration, Either, Leaf, Not, Operator, Reference, Relative
from shared.rules.facts import Facts, Term
from shared.rules.finding import Finding
from shared.rules.parse_time import duration_text
from shared.rules.vocabulary import COMPARED_WITH_OLD, MOVES, PERCENTAGES
from shared.rules.windows import Amount, over_window

type SourceOf = Callable[[FieldName], SourceName | None]
type Given = Mapping[FieldName, Sequence[Term]]
"""The terms that give each score its points."""

PLACES = 4
"""Decimals of SCALE."""
AMOUNTS = (FieldType.NUMBER, FieldType.MONEY)
ORDERED = (Operator.GT, Operator.GE, Operator.LT, Operator.LE)
SCORE = SourceName("score")
"""Where the value of a score comes from."""


def leaves(condition: Condition) -> Iterator[Leaf]:
    """All of them, in the document's order."""
    match condition:
        case Leaf():
            yield condition
        case All(members) | Either(members):
            for member in members:
                yield from leaves(member)
        case Not(member):
            yield from leaves(member)
        case Always():
            pass


def findings(condition: Condition, facts: Facts, source_of: SourceOf) -> tuple[Finding, ...]:
    """Every leaf evaluated, those too that the result did not hang on."""
    read = list(leaves(condition))
    given = {name: facts.given(name) for name in {leaf.field for leaf in read} & facts.scores.keys()}
    return tuple(_finding(leaf, facts, source_of, given) for leaf in read)


def seen(leaf: Leaf, facts: Facts) -> Value | None:
    """The value that the leaf compares: None where the field is missing, or holds what is no longer of its type."""
    value = facts.values.get(leaf.field)
    return value if value is not None and leaf.type.fits(value) else None


def window_value(leaf: Leaf, facts: Facts) -> Amount | None:
    """What the leaf's window comes to now: None where it has none, or it is empty, or the field is missing."""
    history = facts.histories.get(leaf.field)
    if leaf.window is None or history is None or seen(leaf, facts) is None:
        return None
    return over_window(history, leaf.window, facts.at.seconds)


def before(leaf: Leaf, facts: Facts) -> Value | Fraction | None:
    """The old value that the leaf compares with; None where it compares with none, or none is known."""
    history, now = facts.histories.get(leaf.field), facts.at.seconds
    if history is None or seen(leaf, facts) is None:
        return None
    if leaf.op in MOVES:
        return old_amount(history, leaf.over, leaf.window, now)
    old = old_value(history, leaf.over, now) if leaf.op in COMPARED_WITH_OLD else None
    return old if old is not None and leaf.type.fits(old) else None


def bound(leaf: Leaf, facts: Facts) -> int | None:
    """What a comparison compares with, times SCALE: amounts in units of 1 / SCALE²; None where that is missing."""
    match leaf.value:
        case Reference(field, times):
            other = facts.values.get(field)
            return other * times if isinstance(other, int) and leaf.type.fits(other) else None
        case int() as constant:
            return constant * SCALE
        case _:
            return None


def shortage(leaf: Leaf, facts: Facts) -> int | None:
    """How far the value of an ordering of number or money is from its bound, in units of 1 / SCALE², rounded up.

    None for other operators, and where either side is missing.
    """
    if leaf.op not in ORDERED or leaf.type.type not in AMOUNTS:
        return None
    value, limit = _compared(leaf, facts), bound(leaf, facts)
    if limit is None or not isinstance(value, int | Fraction):
        return None
    return ceil(abs(Fraction(limit - value * SCALE)))


def exact_text(units: int, of: ValueType | None = None) -> str:
    """`units` of 1 / SCALE² exactly; an amount of money has at least its currency's decimals."""
    whole, part = divmod(abs(units), SCALE * SCALE)
    decimals = f"{part:0{2 * PLACES}}".rstrip("0")
    if of is not None and of.type is FieldType.MONEY:
        decimals = decimals.ljust(of.decimals, "0")
    return f"{'-' if units < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


def _finding(leaf: Leaf, facts: Facts, source_of: SourceOf, given: Given) -> Finding:
    value = _compared(leaf, facts)
    met = compile_leaf(leaf)(facts)
    short = None if met else shortage(leaf, facts)
    return Finding(
        pointer=leaf.pointer,
        field=leaf.field,
        op=leaf.op.value,
        expected=_expected(leaf, facts),
        actual=None if value is None else _json(leaf, value),
        source=_source(leaf, facts, source_of),
        met=met,
        short_by=None if short is None else exact_text(short, leaf.type),
        beside=_beside(leaf, facts, given),
    )


def _source(leaf: Leaf, facts: Facts, source_of: SourceOf) -> SourceName | None:
    if leaf.field in facts.scores:
        return SCORE
    return None if seen(leaf, facts) is None else source_of(leaf.field)


def _compared(leaf: Leaf, facts: Facts) -> Value | Fraction | None:
    return seen(leaf, facts) if leaf.window is None else window_value(leaf, facts)


def _beside(leaf: Leaf, facts: Facts, given: Given) -> dict[str, Json]:
    said: dict[str, Json] = {}
    if leaf.over is not None:
        said["over"] = duration_text(leaf.over)
    if leaf.window is not None:
        said["window"] = {"fn": leaf.window.fn.value, "of": duration_text(leaf.window.of)}
    if leaf.op in COMPARED_WITH_OLD:
        old = before(leaf, facts)
        said["old"] = None if old is None else _json(leaf, old)
    if leaf.field in given:
        terms = given[leaf.field]
        said["terms"] = [{"pointer": term.pointer, "points": _json(leaf, term.points)} for term in terms]
    return said


def _expected(leaf: Leaf, facts: Facts) -> Json:
    match leaf.value:
        case None:
            return None
        case Reference():
            limit = bound(leaf, facts)
            return None if limit is None else _computed(leaf, limit)
        case Relative(written=written) | Duration(written=written):
            return written
        case int() as percent if leaf.op in PERCENTAGES:
            return _number(exact_text(percent * SCALE))
        case frozenset() as members:
            return list[Json](sorted(members))
        case int() as size if leaf.type.type is FieldType.LIST:
            return size
        case value:
            return _json(leaf, value)


def _computed(leaf: Leaf, units: int) -> Json:
    if leaf.type.type not in AMOUNTS:
        return _json(leaf, units // SCALE)
    text = exact_text(units, leaf.type)
    return _number(text) if leaf.type.type is FieldType.NUMBER else text


def _number(text: str) -> Json:
    return text if "." in text else int(text)


def _json(leaf: Leaf, value: Value | Fraction) -> Json:
    if isinstance(value, Fraction):
        return _computed(leaf, round(value * SCALE))
    return cast("Json", leaf.type.to_json(value))
