"""What deciding comes to under any policy, said once more and differently: each moment by itself, on JSON values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from tests.unit.rules.oracle import NUMBERS, ORDER, Scene, duration, leaf_holds
from tests.unit.rules.oracle_of_the_past import Past, asks_of_the_past, past_holds, window

HOUR = timedelta(hours=1)
TIERS = ("tier-1", "tier-2", "tier-3", None)
"""Highest first; no tier is below all."""


class Pending(NamedTuple):
    tier: str | None
    since: datetime


class Stands(NamedTuple):
    """Where an account stands: its tier, what gave it, what it waits for; `ever`: whether it ever had a tier."""

    tier: str | None
    method: str | None
    ever: bool
    pending: Pending | None


class Told(NamedTuple):
    tier: str | None
    result: str | None
    status: str
    met: list[bool]
    hold: str | None


@dataclass(frozen=True)
class Course:
    """An account and a policy, and all that a decision is a function of, but for the moment and the standing."""

    zone: str
    values: Mapping[str, Any]
    """Null where a field is missing."""
    pasts: Mapping[str, Past]
    rules: Sequence[tuple[str | None, Mapping[str, Any]]]
    stability: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Sequence[tuple[Mapping[str, Any], int]]] = field(default_factory=dict)
    override: tuple[str, datetime] | None = None
    synced: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    """By field, which source gave it, or cleared it."""
    stale_at: Mapping[str, datetime] = field(default_factory=dict)

    def decided(self, stands: Stands, now: datetime) -> tuple[Told, Stands]:
        seen = _Seen(self, Scene(now, self.zone), self.values)
        matched = next((i for i, (_, when) in enumerate(self.rules) if seen.holds(when)), None)
        traced = self.rules if matched is None else self.rules[: matched + 1]
        met = [seen.leaf(leaf) for _, when in traced for leaf in leaves(when)]
        result, method = ("tier-3" if matched is None else self.rules[matched][0]), "rules"
        if self.override is not None and now < self.override[1]:
            result, method = self.override[0], "manual"
        elif self.synced is not None:
            result, method = self.synced, "synced"
        hold, pending = None, None
        if method == "rules" and stands.method == "rules" and stands.ever and result != stands.tier:
            hold, pending = self._held(stands, seen, result, [when for _, when in traced])
        if hold is not None:
            status = "held" if stands.tier else "unassigned"
            return Told(stands.tier, result, status, met, hold), stands._replace(pending=pending)
        status = "changed" if result != stands.tier else "unchanged" if result else "unassigned"
        after = Stands(result, method, stands.ever or result is not None, None)
        return Told(result, result, status, met, None), after

    def _held(
        self, stands: Stands, seen: "_Seen", result: str | None, traced: Sequence[Mapping[str, Any]]
    ) -> tuple[str | None, Pending | None]:
        down = below(result, stands.tier)
        known, now = stands.pending, seen.scene.now
        goes_on = known is not None and below(known.tier, stands.tier) is down
        waiting = Pending(result, known.since if known is not None and goes_on else now)
        if not down:
            waits = now < waiting.since + duration(self.stability.get("promote_after", "0d"))
            return ("promote_after", waiting) if waits else (None, None)
        own = [when for tier, when in self.rules if tier == stands.tier]
        read = {name for when in (*traced, *own) for name in self.read(when)}
        if self._missing(seen, own, read):
            return "missing_data", None
        if any(self.stale_at.get(self.sources[name], now + HOUR) <= now for name in read & self.sources.keys()):
            return "stale_source", None
        margin = Fraction(self.stability.get("demote_margin_pct", 0)) / 100
        if margin and any(seen.holds(when, margin) for when in own):
            return "demote_margin", None
        when = self.stability.get("hold_demotion_when")
        if when is not None and seen.holds(when):
            return "condition", waiting
        return self._waits(waiting, seen)

    def _missing(self, seen: "_Seen", own: Sequence[Mapping[str, Any]], read: set[str]) -> bool:
        last = {name: past[-1][1] for name, past in self.pasts.items() if self.values[name] is None}
        filled = replace(seen, values={**self.values, **last})
        return not read.isdisjoint(last) and any(filled.holds(when) for when in own)

    def _waits(self, waiting: Pending, seen: "_Seen") -> tuple[str | None, Pending | None]:
        now, ready = seen.scene.now, waiting.since + duration(self.stability.get("demote_after", "0d"))
        if self._renews(seen.scene) and self._renewal_ends() > ready:
            return "before_renewal", waiting
        if now < ready:
            return "demote_after", waiting
        demote = self.stability.get("demote", "at_once")
        if demote == "approval":
            return "approval", waiting
        if demote != "at_once" and not any(ready <= start <= now for start in self._starts(ready, now)):
            return "calendar", waiting
        return None, None

    def _renews(self, scene: Scene) -> bool:
        day, days = self.values.get("renewal_date"), int(self.stability.get("hold_before_renewal", "0d")[:-1])
        return bool(days and day is not None and 0 <= (date.fromisoformat(day) - scene.today).days <= days)

    def _renewal_ends(self) -> datetime:
        return begins(date.fromisoformat(self.values["renewal_date"]) + timedelta(days=1), self.zone)

    def _starts(self, ready: datetime, now: datetime) -> Iterator[datetime]:
        """Of months, or quarters, about then, but for those before a renewal."""
        months = (1, 4, 7, 10) if self.stability["demote"] == "quarter_start" else range(1, 13)
        day = ready.date() - timedelta(days=2)
        while day <= now.date() + timedelta(days=2):
            if day.day == 1 and day.month in months:
                start = begins(day, self.zone)
                if not self._renews(Scene(start, self.zone)):
                    yield start
            day += timedelta(days=1)

    def read(self, when: Mapping[str, Any]) -> set[str]:
        """The fields that the condition hangs on; of scores those that these read."""
        found = set()
        for leaf in leaves(when):
            asked = leaf.get("value")
            found |= {leaf["field"]} | ({asked["field"]} if isinstance(asked, dict) else set())
        for name in found & self.scores.keys():
            found |= {other for term, _ in self.scores[name] for other in self.read(term)}
        return found - self.scores.keys()


@dataclass(frozen=True)
class _Seen:
    """A course at one moment, with these values."""

    course: Course
    scene: Scene
    values: Mapping[str, Any]

    def holds(self, when: Mapping[str, Any], margin: Fraction = Fraction(0)) -> bool:
        if "all" in when:
            return all(self.holds(member, margin) for member in when["all"])
        if "any" in when:
            return any(self.holds(member, margin) for member in when["any"])
        if "not" in when:
            return not self.holds(when["not"], -margin)
        return "always" in when or self.leaf(when, margin)

    def leaf(self, leaf: Mapping[str, Any], margin: Fraction = Fraction(0)) -> bool:
        points = self._points(leaf)
        if leaf["op"] in ("missing", "present"):
            return leaf_holds(leaf, {**self.course.values, **points}, self.scene)
        values = {**self.values, **points}
        numeric = leaf["field"] in NUMBERS or leaf["field"] in self.course.scores
        if numeric and leaf["op"] in ORDER:
            return self._compared(leaf, values, margin)
        if asks_of_the_past(leaf):
            return past_holds(leaf, values, self.course.pasts.get(leaf["field"], ()), self.scene)
        return leaf_holds(leaf, values, self.scene)

    def _points(self, leaf: Mapping[str, Any]) -> dict[str, str]:
        """Of the scores that the leaf reads."""
        asked = leaf.get("value")
        named = {leaf["field"], asked["field"] if isinstance(asked, dict) else None}
        return {
            name: str(sum(points for when, points in self.course.scores[name] if self.holds(when)))
            for name in named & self.course.scores.keys()
        }

    def _compared(self, leaf: Mapping[str, Any], values: Mapping[str, Any], margin: Fraction) -> bool:
        value, asked = values.get(leaf["field"]), leaf["value"]
        seen = None if value is None else Fraction(value)
        if "window" in leaf and seen is not None:
            past = [(at, Fraction(entry)) for at, entry in self.course.pasts.get(leaf["field"], ())]
            seen = window(leaf["window"], past, self.scene.second)
        if isinstance(asked, dict):
            other = values.get(asked["field"])
            asked = None if other is None else Fraction(other) * Fraction(asked.get("times", 1))
        if seen is None or asked is None:
            return False
        limit = Fraction(asked)
        shift = {">": -margin, "<": margin}.get(leaf["op"][0], Fraction(0))
        return ORDER[leaf["op"]](seen, limit + shift * abs(limit))


def below(tier: str | None, other: str | None) -> bool:
    return TIERS.index(tier) > TIERS.index(other)


def leaves(when: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "not" in when:
        return leaves(when["not"])
    if "field" in when:
        return [when]
    return [leaf for member in when.get("all", when.get("any", ())) for leaf in leaves(member)]


def begins(day: date, zone: str) -> datetime:
    """The first whole or half hour at which the zone's calendar has come to the day."""
    at = datetime.fromisoformat(f"{day.isoformat()}T00:00:00Z") - 15 * HOUR
    while Scene(at, zone).today < day:
        at += HOUR / 2
    return at
