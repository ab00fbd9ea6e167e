"""What a condition means, said once more and differently: on JSON values, with fractions, leaf by leaf."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

type Values = Mapping[str, Any]

_ORDER: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
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
NUMBERS = frozenset({"mrr", "seats", "seats_used"})


def holds(document: Mapping[str, Any], values: Values) -> bool:
    if "all" in document:
        return not [member for member in document["all"] if not holds(member, values)]
    if "any" in document:
        return [member for member in document["any"] if holds(member, values)] != []
    if "not" in document:
        return not holds(document["not"], values)
    return "always" in document or leaf_holds(document, values)


def leaf_holds(leaf: Mapping[str, Any], values: Values) -> bool:
    value = values.get(leaf["field"])
    if leaf["op"] == "missing":
        return value is None
    if leaf["op"] == "present":
        return value is not None
    if value is None:
        return False
    if leaf["field"] not in NUMBERS:
        return _OTHERS[leaf["op"]](value, leaf["value"])
    bound = leaf["value"]
    if not isinstance(bound, dict):
        return _ORDER[leaf["op"]](Fraction(value), Fraction(bound))
    other = values.get(bound["field"])
    return other is not None and _ORDER[leaf["op"]](Fraction(value), Fraction(other) * Fraction(bound.get("times", 1)))
