"""From a leaf that asks of a field's history to a closure over it, as leaves of present values are compiled."""

from collections.abc import Callable
from fractions import Fraction

from shared.accounts.history import History
from shared.accounts.values import SCALE, Value
from shared.rules.changes import has_changed, old_amount, old_value, same_since
from shared.rules.condition import Duration, Leaf, Operator
from shared.rules.facts import Facts, Test
from shared.rules.vocabulary import RISES
from shared.rules.windows import Amount, over_window

type _Asked = Callable[[History, Value, int], bool]
"""Of a history, the present value and the present second."""

type AmountOf = Callable[[Facts], Amount | None]
"""What of a number is compared; None where it is missing."""

WHOLE = 100 * SCALE
"""A hundred percent, in ten-thousandths of a percent."""


def compile_change(leaf: Leaf, present: Test) -> Test:
    """False on a missing field, and where nothing is known of its history."""
    field, asked = leaf.field, _asked(leaf)

    def test(facts: Facts) -> bool:
        history = facts.histories.get(field)
        return history is not None and present(facts) and asked(history, facts.values[field], facts.at.seconds)

    return test


def windowed(leaf: Leaf, present: Test) -> AmountOf:
    """What the leaf's window, which it has, comes to now."""
    field, window = leaf.field, leaf.window
    if window is None:
        raise ValueError(f"{leaf.pointer}: no window")

    def amount(facts: Facts) -> Amount | None:
        history = facts.histories.get(field)
        return over_window(history, window, facts.at.seconds) if history is not None and present(facts) else None

    return amount


def _asked(leaf: Leaf) -> _Asked:
    over = leaf.over
    match leaf.op, leaf.value:
        case Operator.CHANGED, None:
            return lambda history, _, now: has_changed(history, over, now)
        case Operator.SAME_FOR, Duration(seconds):
            return lambda history, _, now: same_since(history) <= now - seconds
        case Operator.CHANGED_TO, (int() | str() | tuple()) as wanted:
            return lambda history, value, now: (
                value == wanted and (old := old_value(history, over, now)) is not None and old != wanted
            )
        case Operator.CHANGED_FROM, (int() | str() | tuple()) as wanted:
            return lambda history, value, now: value != wanted and old_value(history, over, now) == wanted
        case ((Operator.ROSE_BY | Operator.DROPPED_BY), int() as amount):
            return _moved(leaf, lambda way, _: way >= amount)
        case ((Operator.ROSE_BY_PCT | Operator.DROPPED_BY_PCT), int() as percent):
            return _moved(leaf, lambda way, old: old > 0 and way * WHOLE >= old * percent)
        case _:
            raise ValueError(f"{leaf.pointer}: {leaf.op} and its value don't fit a {leaf.type.type}")


def _moved(leaf: Leaf, enough: Callable[[Amount, Amount], bool]) -> _Asked:
    """`enough`: of how far the value moved in the leaf's direction, which is above 0, and the old value."""
    over, window, sign = leaf.over, leaf.window, 1 if leaf.op in RISES else -1

    def test(history: History, value: Value, now: int) -> bool:
        old = old_amount(history, over, window, now)
        new = value if window is None else over_window(history, window, now)
        if old is None or not isinstance(new, int | Fraction):
            return False
        way = (new - old) * sign
        return way > 0 and enough(way, old)

    return test
