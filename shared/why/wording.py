"""A decision's figures in words: what each condition asked, what the account had, and moments and names as text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType
from shared.rules.condition import Operator
from shared.rules.vocabulary import SPANS
from shared.rules.wording_changes import WINDOWS
from shared.rules.wording_time import TIMES, duration_words
from shared.rules.wording_values import grouped
from shared.tiers.shortfall import Shortfall

LONGEST_NAME = 80
LONGEST_VALUE = 200
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
"""A row of history may be older than its field's type: only what looks like an amount is written as one."""
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_ISOLATE, _POP_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})

_ASKED: Mapping[str, str] = {
    "=": "{}",
    "!=": "not {}",
    ">": "above {}",
    ">=": "at least {}",
    "<": "below {}",
    "<=": "at most {}",
    "in": "one of {}",
    "not_in": "none of {}",
    "contains": "contains {}",
    "starts_with": "begins with {}",
    "ends_with": "ends with {}",
    "has_any": "any of {}",
    "has_all": "all of {}",
    "has_none": "none of {}",
    "size_at_least": "at least {} entries",
    "size_at_most": "at most {} entries",
    "within_next": "within the next {}",
    "within_last": "within the last {}",
    "beyond_next": "more than {} ahead",
    "beyond_last": "more than {} ago",
    "missing": "no value",
    "present": "any value",
    "changed": "changed",
    "changed_to": "changed to {}",
    "changed_from": "changed from {}",
    "same_for": "unchanged for {}",
    "rose_by": "risen by at least {}",
    "dropped_by": "dropped by at least {}",
    "rose_by_pct": "risen by at least {} %",
    "dropped_by_pct": "dropped by at least {} %",
}

_ASKED_IN_TIME: Mapping[str, str] = {">": "after {}", ">=": "on or after {}", "<": "before {}", "<=": "on or before {}"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One condition as a person reads it."""

    label: str
    needed: str
    value: str
    met: bool
    short_by: str | None


def facts(findings: Iterable[Mapping[str, object]], catalogue: Catalogue) -> list[Fact]:
    """The findings of a decision, as its JSON has them, under their fields' labels."""
    return [_fact(found, catalogue) for found in findings]


def one_line(text: str, longest: int = LONGEST_NAME) -> str:
    """A name as one line that can't disturb its surroundings: no line breaks, no control or direction marks, not
    endless. Joined emoji and letters stay whole.
    """
    kept = "".join(char if _is_harmless(char) else " " for char in text)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def lacking(shortfall: Shortfall | None) -> Shortfall | None:
    """The shortfall with each text in it on one line: rules, labels and accounts' values may have any characters."""
    if shortfall is None:
        return None
    gaps = tuple(
        replace(
            gap,
            label=one_line(gap.label),
            needs=one_line(gap.needs, LONGEST_VALUE),
            actual=None if gap.actual is None else one_line(gap.actual, LONGEST_VALUE),
        )
        for gap in shortfall.gaps
    )
    return replace(shortfall, tier_name=one_line(shortfall.tier_name), gaps=gaps)


def isolated(line: str) -> str:
    """`line` wrapped in direction marks where it has right-to-left letters, so that the text around it stays put."""
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in line):
        return f"{_ISOLATE}{line}{_POP_ISOLATE}"
    return line


def moment(at: datetime, time_zone: str) -> str:
    """`22 Nov 2026, 08:00 CET`."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%b %Y, %H:%M} {local.tzname() or time_zone}"


def label(name: str, catalogue: Catalogue) -> str:
    """The field's label; its name where the catalogue no longer has it."""
    return one_line(catalogue.fields[FieldName(name)].label if name in catalogue else name)


def _is_harmless(char: str) -> bool:
    return char in _JOINERS or not unicodedata.category(char).startswith(("C", "Zl", "Zp"))


def _fact(found: Mapping[str, object], catalogue: Catalogue) -> Fact:
    name, short_by = FieldName(str(found["field"])), found.get("short_by")
    kind = catalogue.fields[name].type if name in catalogue else None
    op, expected, amount = str(found["op"]), found["expected"], kind in (FieldType.NUMBER, FieldType.MONEY)
    asked = _ASKED.get(op, f"{op} {{}}")
    if kind in TIMES:
        asked = _ASKED_IN_TIME.get(op, asked)
    if op in (*SPANS, Operator.SAME_FOR):
        expected = duration_words(str(expected))
    was = "" if found.get("old") is None else f" (was {_value(found['old'], catalogue, amount=amount)})"
    return Fact(
        label=label(name, catalogue),
        needed=_of_when(found, asked.format(_value(expected, catalogue, amount=amount))),
        value="no value" if found["actual"] is None else _value(found["actual"], catalogue, amount=amount) + was,
        met=bool(found["met"]),
        short_by=None if short_by is None else grouped(str(short_by)),
    )


def _of_when(found: Mapping[str, object], asked: str) -> str:
    """`asked`, with the window that is asked and since when."""
    match found.get("window"):
        case {"fn": str() as fn, "of": str() as of}:
            asked = f"{WINDOWS[fn].format(duration_words(of))} {asked}"
    over = found.get("over")
    return asked if over is None else f"{asked} in {duration_words(str(over))}"


def _value(value: object, catalogue: Catalogue, *, amount: bool) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case {"field": name, **rest}:
            times = rest.get("times")
            named = label(str(name), catalogue)
            return named if times in (None, "1", 1) else f"{times} times {named}"
        case str() | int() if amount and _AMOUNT.fullmatch(str(value)):
            return grouped(str(value))
        case str():
            return one_line(value, LONGEST_VALUE)
        case Sequence():
            return one_line(", ".join(str(item) for item in value), LONGEST_VALUE)
        case _:
            return str(value)
