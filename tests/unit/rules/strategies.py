"""Conditions, accounts and moments generated together, so that they meet at the edges."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import Phase, settings
from hypothesis import strategies as st

from tests.unit.rules.documents import leaf
from tests.unit.rules.oracle import DATES, TIMES, Scene

FOUND = settings(phases=[Phase.generate], derandomize=True, database=None, max_examples=5_000)
"""To find an example, the same on every run."""

PRESENCE = ("missing", "present")
OPTIONS = ("free", "pro", "enterprise")
CENT = {"mrr": Decimal("0.01"), "seats": Decimal("0.0001"), "seats_used": Decimal("0.0001")}
ORDER = ("=", "!=", ">", ">=", "<", "<=")
SPANS = ("within_next", "within_last", "beyond_next", "beyond_last")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "mrr": ORDER,
    "seats": ORDER,
    "plan": ("=", "!=", "in", "not_in", "contains", "starts_with", "ends_with"),
    "grade": ("=", "!=", "in", "not_in"),
    "strategic": ("=", "!="),
    "products": ("has_any", "has_all", "has_none", "size_at_least", "size_at_most"),
    "renewal_date": (*ORDER, *SPANS),
    "last_login_at": (*ORDER, *SPANS),
}
"""By field, one of each type, beside `missing` and `present`."""

DAYS: Mapping[str, tuple[date, ...]] = {
    "UTC": (date(2028, 2, 28), date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1)),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25), date(2027, 1, 1)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1), date(2028, 2, 29)),
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 30)),  # spring takes its midnight away
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),  # the same, and autumn goes back to the day before
    "America/Santiago": (date(2026, 4, 5), date(2026, 9, 6)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),  # two midnights in autumn
    "America/St_Johns": (date(2010, 11, 7), date(2026, 11, 1)),  # in 2010 the day began, ended and began again
    "Pacific/Apia": (date(2011, 12, 29), date(2011, 12, 30), date(2011, 12, 31)),  # there was no 30 December
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Pacific/Kiritimati": (date(2027, 1, 1),),
    "Pacific/Pago_Pago": (date(2026, 12, 31),),
}
"""By zone, days about which clocks or calendars do something."""

_texts = st.text("abé", max_size=3)
_items = st.lists(st.sampled_from("abc"), max_size=4)
_dates = st.dates().map(lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_LONGEST = timedelta(days=3_650)
_MINUTES = _LONGEST // _UNITS["m"]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A zone, and a moment about a local midnight."""
    zone = draw(st.sampled_from(sorted(DAYS)))
    day = draw(st.sampled_from(DAYS[zone]) | st.dates(date(1980, 1, 1), date(2040, 1, 1)))
    midnight = datetime.combine(day, time(tzinfo=ZoneInfo(zone), fold=draw(st.integers(0, 1))))
    beside = draw(st.sampled_from([-86_400, -3_600, -60, -1, 0, 1, 59, 60, 1_800, 3_600, 43_200]))
    micros = draw(st.sampled_from([0, 0, 1, 999_999]))
    return Scene(midnight.astimezone(UTC) + timedelta(seconds=beside, microseconds=micros), zone)


def _amounts(field: str) -> st.SearchStrategy[str]:
    return st.integers(-20_000_000, 20_000_000).map(lambda units: str(units * CENT[field]))


def _near_today(scene: Scene) -> st.SearchStrategy[str]:
    return (st.integers(-3, 3) | st.integers(-3_660, 3_660)).map(
        lambda days: (scene.today + timedelta(days=days)).isoformat()
    )


def _near_now(scene: Scene) -> st.SearchStrategy[str]:
    """Whole minutes, hours or days from now, or a second beside that."""
    spans = st.tuples(st.integers(-50, 50) | st.integers(-3_651, 3_651), st.sampled_from(list(_UNITS.values())))
    return st.builds(
        lambda span, beside: _written(scene.second + span[0] * span[1] + beside * _SECOND), spans, st.integers(-1, 1)
    )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _values(scene: Scene) -> Mapping[str, st.SearchStrategy[Any]]:
    return {
        "mrr": _amounts("mrr"),
        "seats": _amounts("seats"),
        "seats_used": _amounts("seats_used"),
        "plan": _texts,
        "grade": st.sampled_from(OPTIONS),
        "strategic": st.booleans(),
        "products": _items,
        "renewal_date": _near_today(scene) | _near_today(scene) | _dates,
        "customer_since": _near_today(scene),
        "last_login_at": _near_now(scene),
        "last_touch_at": _near_now(scene),
    }


def accounts(scene: Scene, *fields: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values by field (of these alone, where any are named), null for some."""
    return st.fixed_dictionaries(
        {name: st.none() | value for name, value in _values(scene).items() if not fields or name in fields}
    )


@st.composite
def leaves(
    draw: st.DrawFn, scene: Scene, account: Mapping[str, Any], field: str | None = None, op: str | None = None
) -> dict[str, Any]:
    """A leaf near what the account has: its very value, one unit beside it, parts of it, or anything."""
    field = field or draw(st.sampled_from(sorted(OPERATORS)))
    op = op or draw(st.sampled_from((*PRESENCE, *OPERATORS[field])))
    if op in PRESENCE:
        return leaf(field, op)
    return leaf(field, op, draw(_near(op, field, scene, account)))


@st.composite
def conditions(draw: st.DrawFn, scene: Scene, account: Mapping[str, Any], *fields: str) -> dict[str, Any]:
    """Of leaves on these fields alone, where any are named."""
    always: st.SearchStrategy[Any] = st.just({"always": True})
    some = st.sampled_from(fields or sorted(OPERATORS)).flatmap(lambda field: leaves(scene, account, field))
    return draw(
        st.recursive(
            some | some | always,
            lambda inner: st.one_of(
                st.lists(inner, min_size=1, max_size=4).map(lambda members: {"all": members}),
                st.lists(inner, min_size=1, max_size=4).map(lambda members: {"any": members}),
                inner.map(lambda member: {"not": member}),
            ),
            max_leaves=8,
        )
    )


@st.composite
def ladders(draw: st.DrawFn, *fields: str) -> tuple[Scene, dict[str, Any], list[dict[str, Any]]]:
    """A moment, an account and the conditions of rules on it."""
    scene = draw(scenes())
    account = draw(accounts(scene))
    return scene, account, draw(st.lists(conditions(scene, account, *fields), min_size=1, max_size=6))


def _near(op: str, field: str, scene: Scene, account: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    value, anything = account[field], _values(scene)[field]
    if field in DATES | TIMES:
        return spans(field, scene, value) if op in SPANS else points(field, scene, value)
    if op.startswith("size"):
        size = len(set(value or ()))
        return st.sampled_from([max(0, size - 1), size, size + 1])
    if op in ("in", "not_in"):
        members = st.lists(anything, min_size=1, max_size=4)
        return members if value is None else members | members.map(lambda others: [*others, value])
    if op in ("contains", "starts_with", "ends_with") and value:
        parts = [value[start:end] for start in range(len(value)) for end in range(start + 1, len(value) + 1)]
        return anything | st.sampled_from(parts)
    if field not in CENT:
        return anything if value is None else anything | st.just(value)
    beside = [str(Decimal(value) + step * CENT[field]) for step in (-1, 0, 1)] if value is not None else ["0"]
    return st.one_of(st.sampled_from(beside), anything, _references()) if field == "seats" else st.sampled_from(beside)


def _references() -> st.SearchStrategy[dict[str, Any]]:
    times = st.sampled_from(["0.9", "1", "-1", "1.0001", 2])
    return st.just({"field": "seats_used"}) | times.map(lambda by: {"field": "seats_used", "times": by})


def spans(field: str, scene: Scene, value: str | None) -> st.SearchStrategy[str]:
    """Durations that reach from the present moment to the value, a day or a minute less, or more."""
    if field in DATES:
        days = 30 if value is None else abs(_days(scene, value))
        return st.integers(-1, 1).map(lambda more: f"{min(max(1, days + more), 3_650)}d")
    minutes = 90 if value is None else abs(_whole_minutes(scene, value))
    near = st.integers(-1, 1).map(lambda more: f"{min(max(1, minutes + more), _MINUTES)}m")
    return near if minutes % 60 else near | st.just(f"{min(max(1, minutes // 60), 87_600)}h")


def points(field: str, scene: Scene, value: str | None) -> st.SearchStrategy[Any]:
    return st.one_of(fixed(field, scene, value), relative(field, scene, value), st.just({"field": BESIDE[field]}))


BESIDE = {"renewal_date": "customer_since", "last_login_at": "last_touch_at"}
"""The field of the same type that a reference names."""


def fixed(field: str, scene: Scene, value: str | None) -> st.SearchStrategy[str]:
    """Dates and times that stand as they are, about the value."""
    if field in DATES:
        day = scene.today if value is None else date.fromisoformat(value)
        near = range(max(date.min.toordinal(), day.toordinal() - 1), min(date.max.toordinal(), day.toordinal() + 1) + 1)
        return st.sampled_from([date.fromordinal(beside).isoformat() for beside in near])
    moment = scene.second if value is None else datetime.fromisoformat(value)
    return st.sampled_from(
        [f"{(moment + beside * _SECOND).astimezone(ZoneInfo(zone)).isoformat()}" for beside in (-1, 0, 1)
         for zone in ("UTC", "Asia/Kathmandu")]
    )  # fmt: skip


def relative(field: str, scene: Scene, value: str | None) -> st.SearchStrategy[str]:
    """`today` and `now`, and about as far from them as the value is."""
    if field in DATES:
        days = 0 if value is None else _days(scene, value)
        near = st.integers(days - 1, days + 1).map(lambda far: f"today{_signed(max(-3_650, min(far, 3_650)))}d")
        return near | st.just("today")
    minutes = 0 if value is None else _whole_minutes(scene, value)
    within = st.integers(minutes - 1, minutes + 1).map(lambda far: f"now{_signed(max(-_MINUTES, min(far, _MINUTES)))}m")
    return within | st.just("now") | st.just(f"now{_signed(max(-87_600, min(minutes // 60, 87_600)))}h")


def _signed(number: int) -> str:
    return f"{number:+d}"


def _days(scene: Scene, value: str) -> int:
    return (date.fromisoformat(value) - scene.today).days


def _whole_minutes(scene: Scene, value: str) -> int:
    return round((datetime.fromisoformat(value) - scene.second) / _UNITS["m"])
