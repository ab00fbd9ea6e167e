"""Histories and leaves that ask of them, generated together: at an entry's very second, at the exact amount, beside."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.unit.rules.documents import leaf
from tests.unit.rules.oracle import DATES, NUMBERS, Scene
from tests.unit.rules.oracle_of_the_past import (
    AMOUNTS,
    CHANGES,
    Past,
    amounts,
    past_holds,
    read,
    since,
    window,
)
from tests.unit.rules.strategies import CENT, OPTIONS, ORDER, scenes

CHANGED = (*sorted(CHANGES), "same_for")
MOVES = tuple(sorted(AMOUNTS))
FUNCTIONS = ("avg", "min", "max", "sum")
BESIDE = {"mrr": "acv", "seats": "seats_used"}
"""The field that a reference names."""

_POOLS: Mapping[str, tuple[Any, ...]] = {
    "mrr": ("0.00", "100.00", "120.00", "80.00", "-20.00", "0.03", "0.04"),
    "seats": ("0", "5", "6", "0.3", "-1", "0.0001"),
    "plan": ("", "a", "ab"),
    "grade": OPTIONS,
    "strategic": (True, False),
    "products": ([], ["a"], ["b", "a"], ["a", "b", "a"]),
    "renewal_date": ("2026-11-22", "2026-11-23", "2027-01-01"),
    "last_login_at": ("2026-11-22T07:00:00Z", "2026-11-22T08:00:00+01:00", "2026-11-22T07:00:01Z"),
}
"""Few values, so that histories repeat them; some are one value written in two ways."""


class PastCase(NamedTuple):
    scene: Scene
    values: dict[str, Any]
    past: Past
    leaf: dict[str, Any]

    @property
    def holds(self) -> bool:
        return past_holds(self.leaf, self.values, self.past, self.scene)


@st.composite
def past_cases(draw: st.DrawFn, field: str, op: str, fn: str | None = None, *, over: bool = False) -> PastCase:
    """`fn`: of a window that the leaf reads; `over`: whether it says since when."""
    scene = draw(scenes())
    past = draw(_pasts(scene, field))
    asked: dict[str, Any] = leaf(field, op)
    if over:
        asked["over"] = draw(_spans(scene, field, past))
    if fn is not None:
        asked["window"] = {"fn": fn, "of": draw(_spans(scene, field, past))}
    values = {field: draw(st.sampled_from([past[-1][1]] * 9 + [None]))}
    if field in BESIDE:
        values[BESIDE[field]] = draw(st.none() | st.sampled_from(_POOLS[field]))
    if op != "changed":
        asked["value"] = draw(_value(asked, past, scene))
    return PastCase(scene, values, past, asked)


def _unit(field: str) -> timedelta:
    """The shortest that a duration counts in."""
    return timedelta(days=1) if field in DATES else timedelta(minutes=1)


@st.composite
def _pasts(draw: st.DrawFn, scene: Scene, field: str) -> Past:
    ages = sorted(draw(st.lists(st.integers(0, 8), min_size=1, max_size=6)), reverse=True)
    seconds = st.sampled_from([-1, 0, 0, 0, 1])
    times = sorted(scene.second - age * _unit(field) + timedelta(seconds=draw(seconds)) for age in ages)
    return [(at, draw(st.sampled_from(_POOLS[field]))) for at in times]


@st.composite
def _spans(draw: st.DrawFn, scene: Scene, field: str, past: Past) -> str:
    """From now to about where an entry began."""
    at, _ = draw(st.sampled_from(past))
    units = round((scene.second - at) / _unit(field)) + draw(st.integers(-1, 1))
    return f"{max(1, units)}{'d' if field in DATES else 'm'}"


def _value(asked: Mapping[str, Any], past: Past, scene: Scene) -> st.SearchStrategy[Any]:
    field, op = asked["field"], asked["op"]
    if op == "same_for":
        return _since(field, past, scene)
    if op in CHANGES:
        return st.sampled_from(_POOLS[field])
    if op in ORDER:
        seen = window(asked["window"], [(at, read(field, value)) for at, value in past], scene.second)
        times = st.sampled_from([{}, {"times": "0.9"}, {"times": "-1"}])
        return _about(seen, CENT[field]) | times.map(lambda by: {"field": BESIDE[field], **by})
    old, new = amounts(asked, past, scene.second)
    far = None if old is None or new is None else abs(new - old)
    if op.endswith("_pct"):
        return _about(far / old * 100 if far is not None and old else None, Decimal("0.0001"), least=0)
    return _about(far, CENT[field], least=0)


@st.composite
def _since(draw: st.DrawFn, field: str, past: Past, scene: Scene) -> str:
    began = since([(at, read(field, value)) for at, value in past])
    units = round((scene.second - began) / _unit(field)) + draw(st.integers(-1, 1))
    return f"{max(1, units)}{'d' if field in DATES else 'm'}"


@st.composite
def _about(draw: st.DrawFn, amount: Fraction | None, cent: Decimal, least: int | None = None) -> str:
    """The amount, cut to what may be written, or one unit beside it."""
    units = 0 if amount is None else floor(amount / Fraction(cent))
    beside = units + draw(st.integers(-1, 1))
    return str((beside if least is None else max(least, beside)) * cent)


def forms(field: str) -> list[tuple[str, str | None, bool]]:
    """Operator, the function of its window and whether it says since when: all that ask of the past of such a field."""
    found: list[tuple[str, str | None, bool]] = [("same_for", None, False)]
    found += [(op, None, over) for op in sorted(CHANGES) for over in (False, True)]
    if field in NUMBERS:
        found += [(op, fn, over) for op in MOVES for fn in (None, *FUNCTIONS) for over in (False, True)]
        found += [(op, fn, False) for op in ORDER for fn in FUNCTIONS]
    return found
