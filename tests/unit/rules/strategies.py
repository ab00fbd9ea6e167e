"""Conditions and accounts generated together, so that they meet at the edges."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.unit.rules.documents import leaf

OPTIONS = ("free", "pro", "enterprise")
CENT = {"mrr": Decimal("0.01"), "seats": Decimal("0.0001"), "seats_used": Decimal("0.0001")}
ORDER = ("=", "!=", ">", ">=", "<", "<=")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "mrr": ORDER,
    "seats": ORDER,
    "plan": ("=", "!=", "in", "not_in", "contains", "starts_with", "ends_with"),
    "grade": ("=", "!=", "in", "not_in"),
    "strategic": ("=", "!="),
    "products": ("has_any", "has_all", "has_none", "size_at_least", "size_at_most"),
    "renewal_date": (),
    "last_login_at": (),
}
"""By field, one of each type, beside `missing` and `present`."""

_texts = st.text("abé", max_size=3)
_items = st.lists(st.sampled_from("abc"), max_size=4)
_dates = st.dates().map(lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}")


def _amounts(field: str) -> st.SearchStrategy[str]:
    return st.integers(-20_000_000, 20_000_000).map(lambda units: str(units * CENT[field]))


_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "mrr": _amounts("mrr"),
    "seats": _amounts("seats"),
    "seats_used": _amounts("seats_used"),
    "plan": _texts,
    "grade": st.sampled_from(OPTIONS),
    "strategic": st.booleans(),
    "products": _items,
    "renewal_date": _dates,
    "last_login_at": _dates.map(lambda day: f"{day}T07:00:00Z"),
}


def accounts(*fields: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values by field (of these alone, where any are named), null for some."""
    return st.fixed_dictionaries(
        {name: st.none() | value for name, value in _VALUES.items() if not fields or name in fields}
    )


@st.composite
def leaves(
    draw: st.DrawFn, account: Mapping[str, Any], field: str | None = None, op: str | None = None
) -> dict[str, Any]:
    """A leaf near what the account has: its very value, one unit beside it, parts of it, or anything."""
    field = field or draw(st.sampled_from(sorted(OPERATORS)))
    op = op or draw(st.sampled_from(("missing", "present", *OPERATORS[field])))
    if op in ("missing", "present"):
        return leaf(field, op)
    return leaf(field, op, draw(_near(op, field, account)))


@st.composite
def conditions(draw: st.DrawFn, account: Mapping[str, Any]) -> dict[str, Any]:
    always: st.SearchStrategy[Any] = st.just({"always": True})
    return draw(
        st.recursive(
            leaves(account) | leaves(account) | always,
            lambda inner: st.one_of(
                st.lists(inner, min_size=1, max_size=4).map(lambda members: {"all": members}),
                st.lists(inner, min_size=1, max_size=4).map(lambda members: {"any": members}),
                inner.map(lambda member: {"not": member}),
            ),
            max_leaves=8,
        )
    )


@st.composite
def ladders(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An account and the conditions of rules on it."""
    account = draw(accounts())
    return account, draw(st.lists(conditions(account), min_size=1, max_size=6))


def _near(op: str, field: str, account: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    value, anything = account[field], _VALUES[field]
    if op.startswith("size"):
        size = len(set(value or ()))
        return st.sampled_from([max(0, size - 1), size, size + 1])
    if op in ("in", "not_in"):
        members = st.lists(anything, min_size=1, max_size=4)
        return members if value is None else members | members.map(lambda others: [*others, value])
    if field not in CENT:
        return anything if value is None else anything | st.just(value)
    beside = [str(Decimal(value) + step * CENT[field]) for step in (-1, 0, 1)] if value is not None else ["0"]
    return st.one_of(st.sampled_from(beside), anything, _references()) if field == "seats" else st.sampled_from(beside)


def _references() -> st.SearchStrategy[dict[str, Any]]:
    times = st.sampled_from(["0.9", "1", "-1", "1.0001", 2])
    return st.just({"field": "seats_used"}) | times.map(lambda by: {"field": "seats_used", "times": by})
