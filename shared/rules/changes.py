"""What a field was before, told of its history alone: old values, changes, and how far a number moved.

Moments are whole seconds since 1970.
"""

from bisect import bisect_right

from shared.accounts.history import History
from shared.accounts.values import Value
from shared.rules.condition import Duration, Leaf, Window
from shared.rules.windows import Amount, over_window, start_of, time_of


def in_force(history: History, at: int) -> Value:
    """The value of the last entry not later than `at`; where history begins later, the oldest known."""
    return history.entries[max(0, bisect_right(history.entries, at, key=time_of) - 1)][1]


def old_value(history: History, over: int | None, now: int) -> Value | None:
    """The one in force `over` before now, or without `over` the one before the last change; None: none is known."""
    if over is not None:
        return in_force(history, now - over)
    last = last_change(history)
    return None if last is None else history.entries[last - 1][1]


def last_change(history: History) -> int | None:
    """The index of the last entry that differs from the one before it."""
    entries = history.entries
    return next((index for index in range(len(entries) - 1, 0, -1) if entries[index][1] != entries[index - 1][1]), None)


def has_changed(history: History, over: int | None, now: int) -> bool:
    """Whether any change is known; with `over`, one that came into force later than that before now."""
    last = last_change(history)
    if over is None:
        return last is not None or (history.cut and len(history.entries) == 1)
    return last is not None and history.entries[last][0] > now - over


def same_since(history: History) -> int:
    """When the present value came into force, as far back as is known."""
    return history.entries[last_change(history) or 0][0]


def old_amount(history: History, over: int | None, window: Window | None, now: int) -> Amount | None:
    """The old value of an amount of change; of a window, without `over`, up to the second before the last change."""
    if window is None:
        value = old_value(history, over, now)
        return value if type(value) is int else None
    if over is not None:
        return over_window(history, window, now - over)
    steps = _steps(history)
    last = last_change(steps)
    return None if last is None else over_window(history, window, steps.entries[last][0] - 1)


def ages(leaf: Leaf, history: History) -> set[int]:
    """The seconds at which an entry begins to count for the leaf, or no longer does."""
    if isinstance(leaf.value, Duration):
        return {same_since(history) + leaf.value.seconds}
    later = [0] if leaf.window is not None else []
    if leaf.over is not None:
        later.append(leaf.over)
    if leaf.window is not None:
        later += [distance + leaf.window.of for distance in later]
    if leaf.window is None or not history.days.runs:
        return {at + distance for at, _ in history.entries for distance in later}
    return {start_of(day) + distance for day in history.days.known for distance in later}


def _steps(history: History) -> History:
    """What windows are read from, where neighbours may differ: of days the first of each run."""
    if not history.days.runs:
        return history
    return History(tuple((start_of(run.first), run.value) for run in history.days.runs))
