"""What a leaf that asks of the past means, said once more and differently: on lists of values with their times."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.unit.rules.oracle import DATES, NUMBERS, ORDER, TIMES, Scene, duration

type Past = Sequence[tuple[datetime, Any]]
"""What a field was, in JSON, since when; oldest first, the last is what it is."""

CHANGES = frozenset({"changed", "changed_to", "changed_from"})
AMOUNTS = frozenset({"rose_by", "dropped_by", "rose_by_pct", "dropped_by_pct"})
SECOND = timedelta(seconds=1)

_FUNCTIONS: Mapping[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "min": min,
    "max": max,
    "sum": lambda inside: sum(inside, Fraction(0)),
    "avg": lambda inside: sum(inside, Fraction(0)) / len(inside),
}


def asks_of_the_past(leaf: Mapping[str, Any]) -> bool:
    return leaf["op"] in CHANGES | AMOUNTS | {"same_for"} or "window" in leaf


def past_holds(leaf: Mapping[str, Any], values: Mapping[str, Any], past: Past, scene: Scene) -> bool:
    """`values`: of the field, which may be missing, and of those that it is compared with."""
    field, op, now = leaf["field"], leaf["op"], scene.second
    if values.get(field) is None or not past:
        return False
    if op in AMOUNTS:
        return _moved_enough(leaf, past, now)
    if op in ORDER:
        return _windowed(leaf, values, past, now)
    known = [(at, read(field, value)) for at, value in past]
    if op == "same_for":
        return bool(since(known) <= now - duration(leaf["value"]))
    if op == "changed":
        turns = turned(known)
        return bool(turns) if "over" not in leaf else any(at > now - duration(leaf["over"]) for at in turns)
    old, present, asked = before(leaf, known, now), known[-1][1], read(field, leaf["value"])
    if op == "changed_to":
        return bool(present == asked and old is not None and old != asked)
    return bool(present != asked and old == asked)


def read(field: str, value: Any) -> Any:
    """JSON as what compares as the language says."""
    if field in NUMBERS:
        return Fraction(value)
    if field in DATES:
        return date.fromisoformat(value)
    if field in TIMES:
        return datetime.fromisoformat(value)
    return frozenset(value) if isinstance(value, list) else value


def turned(known: Past) -> list[datetime]:
    """When an entry came that differs from the one before it."""
    return [known[i][0] for i in range(1, len(known)) if known[i][1] != known[i - 1][1]]


def since(known: Past) -> datetime:
    """When the present value came into force."""
    i = len(known) - 1
    while i > 0 and known[i - 1][1] == known[i][1]:
        i -= 1
    return known[i][0]


def before(leaf: Mapping[str, Any], known: Past, now: datetime) -> Any:
    """The old value, or None."""
    if "over" in leaf:
        reached = [value for at, value in known if at <= now - duration(leaf["over"])]
        return reached[-1] if reached else known[0][1]
    for i in range(len(known) - 1, 0, -1):
        if known[i][1] != known[i - 1][1]:
            return known[i - 1][1]
    return None


def window(asked: Mapping[str, Any], known: Past, then: datetime) -> Fraction | None:
    inside = [value for at, value in known if then - duration(asked["of"]) < at <= then]
    if not inside:
        return None
    return _FUNCTIONS[asked["fn"]](inside)


def amounts(leaf: Mapping[str, Any], past: Past, now: datetime) -> tuple[Fraction | None, Fraction | None]:
    """The old and the new value of an amount of change."""
    known = [(at, Fraction(value)) for at, value in past]
    if "window" not in leaf:
        return before(leaf, known, now), known[-1][1]
    new = window(leaf["window"], known, now)
    if "over" in leaf:
        return window(leaf["window"], known, now - duration(leaf["over"])), new
    turns = turned(known)
    return (window(leaf["window"], known, turns[-1] - SECOND) if turns else None), new


def _moved_enough(leaf: Mapping[str, Any], past: Past, now: datetime) -> bool:
    old, new = amounts(leaf, past, now)
    if old is None or new is None:
        return False
    far = new - old if leaf["op"].startswith("rose") else old - new
    if far <= 0:
        return False
    if not leaf["op"].endswith("_pct"):
        return far >= Fraction(leaf["value"])
    return old > 0 and far / old >= Fraction(leaf["value"]) / 100


def _windowed(leaf: Mapping[str, Any], values: Mapping[str, Any], past: Past, now: datetime) -> bool:
    seen, asked = window(leaf["window"], [(at, Fraction(value)) for at, value in past], now), leaf["value"]
    if isinstance(asked, dict):
        other = values.get(asked["field"])
        asked = None if other is None else Fraction(other) * Fraction(asked.get("times", 1))
    return seen is not None and asked is not None and ORDER[leaf["op"]](seen, Fraction(asked))
