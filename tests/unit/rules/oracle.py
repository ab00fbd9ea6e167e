"""What a condition means, said once more and differently: on JSON values, with fractions and calendars."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

type Values = Mapping[str, Any]


class Scene(NamedTuple):
    """When and where a condition is asked."""

    now: datetime
    zone: str = "UTC"

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def second(self) -> datetime:
        return self.now.replace(microsecond=0)


ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
_OTHERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "in": lambda a, b: any(a == member for member in b),
    "not_in": lambda a, b: all(a != member for member in b),
    "contains": lambda a, b: a.find(b) >= 0,
    "starts_with": lambda a, b: a[: len(b)] == b,
    "ends_with": lambda a, b: a[len(a) - len(b) :] == b and len(a) >= len(b),
    "has_any": lambda a, b: len(set(a) & set(b)) > 0,
    "has_all": lambda a, b: len(set(b) - set(a)) == 0,
    "has_none": lambda a, b: len(set(a) & set(b)) == 0,
    "size_at_least": lambda a, b: len(set(a)) >= b,
    "size_at_most": lambda a, b: len(set(a)) <= b,
}
NUMBERS = frozenset({"mrr", "acv", "seats", "seats_used"})


DATES = frozenset({"renewal_date", "customer_since"})
TIMES = frozenset({"last_login_at", "last_touch_at"})


def holds(document: Mapping[str, Any], values: Values, scene: Scene) -> bool:
    if "all" in document:
        return not [member for member in document["all"] if not holds(member, values, scene)]
    if "any" in document:
        return [member for member in document["any"] if holds(member, values, scene)] != []
    if "not" in document:
        return not holds(document["not"], values, scene)
    return "always" in document or leaf_holds(document, values, scene)


def leaf_holds(leaf: Mapping[str, Any], values: Values, scene: Scene) -> bool:
    value = values.get(leaf["field"])
    if leaf["op"] == "missing":
        return value is None
    if leaf["op"] == "present":
        return value is not None
    if value is None:
        return False
    if leaf["field"] in DATES:
        return _in_time(leaf, date.fromisoformat(value), values, scene.today, date.fromisoformat)
    if leaf["field"] in TIMES:
        return _in_time(leaf, datetime.fromisoformat(value), values, scene.second, datetime.fromisoformat)
    if leaf["field"] not in NUMBERS:
        return _OTHERS[leaf["op"]](value, leaf["value"])
    bound = leaf["value"]
    if not isinstance(bound, dict):
        return ORDER[leaf["op"]](Fraction(value), Fraction(bound))
    other = values.get(bound["field"])
    return other is not None and ORDER[leaf["op"]](Fraction(value), Fraction(other) * Fraction(bound.get("times", 1)))


def _in_time[T: date](leaf: Mapping[str, Any], value: T, values: Values, clock: T, read: Callable[[str], T]) -> bool:
    op, asked = leaf["op"], leaf["value"]
    match op:
        case "within_next":
            return clock <= value <= clock + duration(asked)
        case "within_last":
            return clock - duration(asked) <= value <= clock
        case "beyond_next":
            return value > clock + duration(asked)
        case "beyond_last":
            return value < clock - duration(asked)
    if isinstance(asked, dict):
        other = values.get(asked["field"])
        return other is not None and ORDER[op](value, read(other))
    return ORDER[op](value, _point(asked, clock, read))


def _point[T: date](asked: str, clock: T, read: Callable[[str], T]) -> T:
    for word in ("today", "now"):
        if asked.startswith(word):
            rest = asked.removeprefix(word)
            if not rest:
                return clock
            return clock + duration(rest[1:]) if rest[0] == "+" else clock - duration(rest[1:])
    return read(asked)


def duration(text: str) -> timedelta:
    unit = {"m": "minutes", "h": "hours", "d": "days"}[text[-1]]
    return timedelta(**{unit: int(text[:-1])})


def leaves(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "field" in document:
        return [document]
    if "not" in document:
        return leaves(document["not"])
    return [leaf for member in document.get("all", document.get("any", ())) for leaf in leaves(member)]
