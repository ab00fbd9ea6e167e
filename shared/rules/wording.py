"""Words for people: what decided a condition, leaf by leaf, said of the values it saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, FieldType
from shared.rules.compile import compile_condition
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not, Operator, Reference, Relative
from shared.rules.facts import Facts
from shared.rules.trace import AMOUNTS, bound, exact_text, seen
from shared.rules.vocabulary import HISTORY, ORDER, PRESENCE
from shared.rules.wording_changes import change_asked, change_words, window_seen, window_words
from shared.rules.wording_time import ORDER_IN_TIME, TIMES, point_words, span_words
from shared.rules.wording_values import grouped, shown

type LabelOf = Callable[[FieldName], str]

AS_ASKED = "as asked"
"""Said of a value that is the very one a rule asks for: its own words would repeat it."""
MAX_NAMED = 3
"""Texts of a set that a sentence names; the rest it counts."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A leaf on which a condition's result hangs."""

    leaf: Leaf
    met: bool


def grounds(condition: Condition, facts: Facts) -> tuple[Ground, ...]:
    """The leaves that alone make the condition true, or false: of several that each would do, the first."""
    match condition:
        case Leaf():
            return (Ground(condition, compile_leaf(condition)(facts)),)
        case All(members):
            return _members(members, facts, enough=False)
        case Either(members):
            return _members(members, facts, enough=True)
        case Not(member):
            return grounds(member, facts)
        case Always():
            return ()


def _members(members: Sequence[Condition], facts: Facts, *, enough: bool) -> tuple[Ground, ...]:
    """`enough` is the result that one member settles for all."""
    for member in members:
        if compile_condition(member)(facts) is enough:
            return grounds(member, facts)
    return tuple(ground for member in members for ground in grounds(member, facts))


def value_words(leaf: Leaf, facts: Facts) -> str | None:
    """`640.00`: the leaf's value as a person reads it; None where it is missing."""
    value = seen(leaf, facts)
    return None if value is None else shown(leaf.type.to_text(value)) or "empty"


def ground_words(ground: Ground, facts: Facts, label_of: LabelOf) -> str:
    """`below 1000`: how the value, which is not missing, stands to what the leaf asks; may follow "MRR is 640.00:"."""
    leaf, met = ground.leaf, ground.met
    if leaf.op in PRESENCE:
        return "known"
    if leaf.op in HISTORY:
        return change_words(leaf, facts, met=met)
    if leaf.window is not None:
        amount = window_seen(leaf, facts)
        known = "not known" if amount is None else f"{amount} {_relation(leaf, facts, label_of, met=met)}"
        return f"{window_words(leaf.window)} {known}"
    if met and leaf.op is Operator.EQ and not isinstance(leaf.value, Reference | Relative):
        return AS_ASKED
    return _relation(leaf, facts, label_of, met=met)


def asked_words(leaf: Leaf, facts: Facts, label_of: LabelOf, *, met: bool) -> str:
    """`at least 1,000.00`: what the leaf asks of a value that is to meet it, or not to."""
    if leaf.op in PRESENCE:
        return "known" if met is (leaf.op is Operator.PRESENT) else "not known"
    if leaf.op in HISTORY:
        return change_asked(leaf, met=met)
    window = "" if leaf.window is None else f"{window_words(leaf.window)} "
    if leaf.op in ORDER and isinstance(leaf.value, int) and leaf.type.type in AMOUNTS:
        return f"{window}{_RELATIONS[leaf.op][not met]} {grouped(exact_text(leaf.value * SCALE, leaf.type))}"
    return f"{window}{_relation(leaf, facts, label_of, met=met)}"


_RELATIONS = {
    Operator.EQ: ("equal to", "not"),
    Operator.NE: ("not", "must not be"),
    Operator.GT: ("above", "not above"),
    Operator.GE: ("at least", "below"),
    Operator.LT: ("below", "at least"),
    Operator.LE: ("at most", "above"),
    Operator.IN: ("one of", "none of"),
    Operator.NOT_IN: ("none of", "one of"),
    Operator.CONTAINS: ("contains", "does not contain"),
    Operator.STARTS_WITH: ("begins with", "does not begin with"),
    Operator.ENDS_WITH: ("ends with", "does not end with"),
    Operator.HAS_ANY: ("has one of", "has none of"),
    Operator.HAS_ALL: ("has all of", "has not all of"),
    Operator.HAS_NONE: ("has none of", "has one of"),
    Operator.SIZE_AT_LEAST: ("size at least", "size below"),
    Operator.SIZE_AT_MOST: ("size at most", "size above"),
}
"""By operator: said of a value that meets it, and of one that does not."""


def _relation(leaf: Leaf, facts: Facts, label_of: LabelOf, *, met: bool) -> str:
    relations = ORDER_IN_TIME if leaf.type.type in TIMES else _RELATIONS
    match leaf.value:
        case Relative() as relative:
            span = span_words(leaf.op, relative.written)
            if span is not None:
                return span if met else f"not {span}"
            asked = point_words(leaf, relative, facts.at)
        case _:
            asked = _asked(leaf, facts, label_of)
    return f"{relations[leaf.op][not met]} {asked}"


def _asked(leaf: Leaf, facts: Facts, label_of: LabelOf) -> str:
    match leaf.value:
        case Reference(field, times):
            limit = bound(leaf, facts)
            share = "" if times == SCALE else f"{exact_text(times * SCALE)} times "
            return f"{share}{label_of(field)} ({'not known' if limit is None else _bound_words(leaf, limit)})"
        case frozenset() as members:
            return _listed(sorted(members))
        case int() as size if leaf.type.type is FieldType.LIST:
            return str(size)
        case int() as constant if leaf.type.type in AMOUNTS and constant % SCALE == 0:
            return exact_text(constant * SCALE)
        case int() as constant:
            return leaf.type.to_text(constant)
        case str() as text:
            return shown(text) or '""'
        case _:
            return "nothing"


def _bound_words(leaf: Leaf, limit: int) -> str:
    return leaf.type.to_text(limit // SCALE) if leaf.type.type in TIMES else exact_text(limit, leaf.type)


def _listed(texts: Sequence[str]) -> str:
    named = [shown(text) for text in texts[:MAX_NAMED]]
    more = len(texts) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
