"""What makes a document hostile: swapped types, deep nesting, huge numbers, odd texts, wide lists, broken bytes."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from shared.rules.condition import Operator
from shared.tiers.policy_document import FRESH_POLICY
from tests.support.builders import CATALOGUE

DEEP, WIDE = 60, 5_000

type Path = tuple[str | int, ...]

SCALARS: Sequence[Any] = (
    *(None, True, False, 0, -1, 1.5, 10**15, 10**400, -(10**12), 10**5_000),
    *(Decimal("NaN"), Decimal("Infinity"), Decimal("1e400"), Decimal("1e-400"), Decimal("0.00005"), Decimal("-0")),
    *("", " ", "\x00", "\ud800", "\u202e\u0301\u200d", "\U0001f4a5" * 300, "x" * 1_001, "x" * 70_000, "İ", "٣d", "NaN"),
    *("0d", "1d", "3650d", "3651d", "-1d", "99999999999d", "1e3d", "24h", "90", "d", "today", "today+9999999999d"),
    *("now", "now-0m", "today--1d", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-22T07:00:60Z"),
    *("9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+23:59", "1000.000000001", "1e5", "0x10", "tier-1", "mrr"),
)
KEYS = ("", "/", "~", "a/b~c", "__proto__", "\u0000", "\ud800", "\U0001f4a5", "k" * 5_000, "tier", "when", "over", "id")
ASKING = {"all", "any", "not", "always", "op"}
CONDITION_KEYS = ("all", "any", "not", "always", "field", "op", "value", "over", "window", "times")
OPERATORS = tuple(op.value for op in Operator)
FIELDS = (*sorted(CATALOGUE.fields), "tier", "days_in_tier", "synced_tier")


def mutated(document: Any, random: Random) -> Any:
    """With one to five things changed, rather few; the document itself stays as it is."""
    for _ in range(random.choice([1, 1, 1, 2, 2, 3, 5])):
        places = _places(document)
        conditions = [path for path, node in places if isinstance(node, dict) and not node.keys().isdisjoint(ASKING)]
        paths = conditions if conditions and random.randrange(3) else [path for path, _ in places]
        document = _changed(document, random.choice(paths), random)
    return document


def broken(text: str, random: Random) -> bytes:
    """The document's text with what no strict reader lets pass, or hardly."""
    at = random.randrange(len(text))
    number = random.choice(["1e400", "NaN", "-Infinity", "01", "1" * 5_000, ".5", "1_000"])
    cut = random.choice(
        [
            text[:at],
            text[:at] + random.choice('{}[]",:\x00\u2028é') + text[at:],
            "\ufeff" + text,
            text.replace("1000", number),
            text.replace('"rules"', '"rules": [], "rules"'),
            "[" * 100_000 + text,
            text.replace('"mrr"', '"\\ud800"'),
            text + text,
        ]
    )
    data = cut.encode(errors="surrogatepass")
    return data[:at] + bytes([random.randrange(256)]) + data[at:] if random.randrange(5) == 0 else data


def _places(document: Any) -> list[tuple[Path, Any]]:
    """Of what is in the document, itself included, as far as that is neither too wide nor too deep to be changed."""
    found: list[tuple[Path, Any]] = []
    waiting: list[tuple[Path, Any]] = [((), document)]
    while waiting and len(found) < WIDE:
        path, node = waiting.pop()
        found.append((path, node))
        if len(path) > DEEP:
            continue
        if isinstance(node, dict):
            waiting += [((*path, key), value) for key, value in node.items()]
        elif isinstance(node, list):
            waiting += [((*path, index), value) for index, value in enumerate(node[:50])]
    return found


def _changed(document: Any, path: Path, random: Random) -> Any:
    if not path:
        return random.choice(_WAYS)(document, random)
    first, rest = path[0], path[1:]
    if isinstance(document, dict):
        return {**document, first: _changed(document[first], rest, random)}
    index = int(first)
    return [*document[:index], _changed(document[index], rest, random), *document[index + 1 :]]


def _another(_: Any, random: Random) -> Any:
    return random.choice([random.choice(SCALARS), random.choice(OPERATORS), random.choice(FIELDS)])


def _wrapped(node: Any, random: Random) -> Any:
    for _ in range(random.choice([1, 2, 18, 19, 20, 40, 2_000])):
        node = random.choice([{"not": node}, {"all": [node]}, {"any": [node]}])
    return node


def _beside(node: Any, random: Random) -> Any:
    """What is as likely right as wrong."""
    if isinstance(node, bool) or node is None:
        return not node
    if isinstance(node, int):
        return random.choice([node + 1, -node, str(node), f"{node}.5", Decimal(node) / 4])
    if isinstance(node, str):
        return random.choice(
            [node + "0", node[1:], random.choice(FIELDS), random.choice(["1d", "36h", "tier-2", "live"])]
        )
    if isinstance(node, dict):
        return random.choice([{"not": node}, {"all": [node, node]}, {"any": [node, {"always": True}]}])
    return list(reversed(node)) if isinstance(node, list) else random.choice(SCALARS)


def _widened(node: Any, random: Random) -> Any:
    times = random.choice([2, 101, 201, 501, 1_001])
    if isinstance(node, list):
        return (node * times)[:20_000]
    if isinstance(node, dict):
        return {**node, **{f"{random.choice(KEYS)}{number}": 1 for number in range(times)}}
    return [node] * times


def _without(node: Any, random: Random) -> Any:
    if isinstance(node, dict) and node:
        gone = random.choice(list(node))
        return {key: value for key, value in node.items() if key != gone}
    return node[:-1] if isinstance(node, list | str) else None


def _with_key(node: Any, random: Random) -> Any:
    key = random.choice([*KEYS, *CONDITION_KEYS, *FRESH_POLICY])
    return {**node, key: random.choice(SCALARS)} if isinstance(node, dict) else {key: node}


def _with_part(node: Any, random: Random) -> Any:
    """Another operator, field, duration or window in a condition; else the node in another shape."""
    if not isinstance(node, dict) or "op" not in node:
        return random.choice([[node], {"field": node}, "{}", {}, []])
    parts: Sequence[dict[str, Any]] = [
        {"op": random.choice(OPERATORS)},
        {"field": random.choice(FIELDS)},
        {"over": random.choice(["1d", "30d", "3650d", "0d", 5])},
        {
            "window": {
                "fn": random.choice(["avg", "min", "max", "sum", "median"]),
                "of": random.choice(["1d", "400d", "401d"]),
            }
        },
        {"value": {"field": random.choice(FIELDS), "times": random.choice(["0.9", "-1", "x"])}},
        {"value": random.choice(SCALARS)},
    ]
    return {**node, **random.choice(parts)}


_WAYS: Sequence[Callable[[Any, Random], Any]] = (
    _another,
    *[_beside] * 4,
    _wrapped,
    _widened,
    _without,
    _with_key,
    _with_part,
    _with_part,
    _with_part,
)


def written(document: Any) -> str | None:
    """The document as text; None where JSON can't say it."""
    try:
        return json.dumps(document, default=str, allow_nan=False)
    except (ValueError, RecursionError):
        return None
