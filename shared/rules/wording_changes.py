"""Words for what a field was before: how far a value moved, since when, and what a window over it comes to."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import NamedTuple

from shared.accounts.values import SCALE, FieldType, Value
from shared.rules.compile_changes import WHOLE
from shared.rules.condition import Aggregate, Duration, Leaf, Operator, Window
from shared.rules.facts import Facts
from shared.rules.parse_time import duration_text
from shared.rules.trace import before, exact_text, seen, window_value
from shared.rules.vocabulary import MOVES, PERCENTAGES, RISES
from shared.rules.windows import Amount
from shared.rules.wording_time import duration_words
from shared.rules.wording_values import grouped, shown

WINDOWS: Mapping[str, str] = {
    Aggregate.AVG: "average over {}",
    Aggregate.MIN: "lowest of {}",
    Aggregate.MAX: "highest of {}",
    Aggregate.SUM: "sum over {}",
}
"""By function, with the place of its duration's words."""


def window_words(window: Window) -> str:
    """`average over 7 days`."""
    return WINDOWS[window.fn].format(seconds_words(window.of))


def window_seen(leaf: Leaf, facts: Facts) -> str | None:
    """`712.50`: what the leaf's window comes to; None where that is not known."""
    amount = window_value(leaf, facts)
    return None if amount is None else leaf.type.to_text(round(amount))


def change_words(leaf: Leaf, facts: Facts, *, met: bool) -> str:
    """`dropped by 48.8 % in 30 days (from 1,250.00), asked at least 20 %`: what became of the value."""
    if leaf.field not in facts.histories:
        return "no history known"
    if leaf.op in MOVES:
        return _move_words(leaf, facts)
    old = before(leaf, facts)
    if met and leaf.op is Operator.CHANGED_TO and old is not None:
        return f"changed from {_value_words(leaf, old)}{_since(leaf)}"
    return change_asked(leaf, met=met)


def change_asked(leaf: Leaf, *, met: bool) -> str:
    """`risen by at least 20 % in 30 days`: what the leaf asks of a value that is to meet it, or not to."""
    no = "" if met else "not "
    match leaf.op, leaf.value:
        case Operator.SAME_FOR, Duration(written=written):
            return f"unchanged for {'' if met else 'less than '}{duration_words(written)}"
        case Operator.CHANGED_TO, (int() | str() | tuple()) as wanted:
            return f"{no}changed to {_value_words(leaf, wanted)}{_since(leaf)}"
        case Operator.CHANGED_FROM, (int() | str() | tuple()) as wanted:
            return f"{no}changed from {_value_words(leaf, wanted)}{_since(leaf)}"
        case op, int() if op in MOVES:
            return f"{_window(leaf)}{no}{_VERBS[op in RISES].moved} by at least {_asked_amount(leaf)}{_since(leaf)}"
        case _:
            return f"{no}changed{_since(leaf)}"


def seconds_words(seconds: int) -> str:
    """`30 days`."""
    return duration_words(duration_text(seconds))


class _Verb(NamedTuple):
    past: str
    present: str
    moved: str


_VERBS = (_Verb("dropped", "drop", "dropped"), _Verb("rose", "rise", "risen"))
"""Of a drop, and of a rise."""


def _move_words(leaf: Leaf, facts: Facts) -> str:
    asked, since, verb, window = _asked_amount(leaf), _since(leaf), _VERBS[leaf.op in RISES], _window(leaf)
    new = seen(leaf, facts) if leaf.window is None else window_value(leaf, facts)
    old = before(leaf, facts)
    if not isinstance(old, int | Fraction) or not isinstance(new, int | Fraction):
        return f"{window}not known to have {verb.moved}{since}, asked at least {asked}"
    was = f"from {_amount_words(leaf, old)}" + (f" to {_amount_words(leaf, new)}" if leaf.window else "")
    way = new - old if leaf.op in RISES else old - new
    if way <= 0:
        return f"{window}did not {verb.present}{since} ({was}), asked at least {asked}"
    if leaf.op in PERCENTAGES and old <= 0:
        return f"{window}{verb.past}{since} ({was}, which has no percentage), asked at least {asked}"
    far = _percent(leaf, Fraction(way) / old * WHOLE) if leaf.op in PERCENTAGES else _amount_words(leaf, way)
    return f"{window}{verb.past} by {far}{since} ({was}), asked at least {asked}"


def _window(leaf: Leaf) -> str:
    return "" if leaf.window is None else f"{window_words(leaf.window)} "


def _since(leaf: Leaf) -> str:
    return "" if leaf.over is None else f" in {seconds_words(leaf.over)}"


def _asked_amount(leaf: Leaf) -> str:
    """As a comparison's constant is told: a whole amount without decimals."""
    amount = leaf.value if isinstance(leaf.value, int) else 0
    if leaf.op in PERCENTAGES:
        return f"{exact_text(amount * SCALE)} %"
    return grouped(exact_text(amount * SCALE, None if amount % SCALE == 0 else leaf.type))


def _percent(leaf: Leaf, percent: Fraction) -> str:
    """To one decimal, or as many as are asked; cut, so that what isn't met never reads as if it were."""
    _, _, decimals = exact_text(leaf.value * SCALE if isinstance(leaf.value, int) else 0).partition(".")
    step = SCALE // 10 ** max(1, len(decimals))
    return f"{grouped(exact_text(floor(percent / step) * step * SCALE))} %"


def _amount_words(leaf: Leaf, amount: Amount) -> str:
    """Rounded to the type's decimals."""
    return grouped(leaf.type.to_text(round(amount)))


def _value_words(leaf: Leaf, value: Value | Fraction) -> str:
    if leaf.type.type in (FieldType.NUMBER, FieldType.MONEY) and isinstance(value, int | Fraction):
        return _amount_words(leaf, value)
    return "empty" if isinstance(value, Fraction) else shown(leaf.type.to_text(value)) or "empty"
