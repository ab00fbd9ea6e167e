"""The breaker as JSON: its limits in the settings, its last trip as published, and its ledger."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from shared.accounts.values import Json, moment_text, parse_moment
from shared.rules.errors import Code
from shared.rules.reading import Reading
from shared.tiers.breaker import Ledger, Limits, Resolution, Suspect, Trip

_SPAN = re.compile(r"([1-9][0-9]{0,3})([mh])\Z", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
LONGEST = timedelta(hours=24)
MOST_ACCOUNTS = 1_000_000


def parse_limits(document: Json, reading: Reading, pointer: str) -> Limits:
    fresh = Limits()
    given = reading.members(document, pointer, optional=("max_demotions_pct", "min_accounts", "within"))
    return Limits(
        reading.whole(
            given.get("max_demotions_pct", fresh.max_demotions_pct), f"{pointer}/max_demotions_pct", least=0, most=100
        ),
        reading.whole(
            given.get("min_accounts", fresh.min_accounts), f"{pointer}/min_accounts", least=1, most=MOST_ACCOUNTS
        ),
        _span(given.get("within", "1h"), reading, f"{pointer}/within"),
    )


def limits_to_json(limits: Limits) -> dict[str, Json]:
    hours, rest = divmod(limits.within, _UNITS["h"])
    return {
        "max_demotions_pct": limits.max_demotions_pct,
        "min_accounts": limits.min_accounts,
        "within": f"{limits.within // _UNITS['m']}m" if rest else f"{hours}h",
    }


def _span(value: Json, reading: Reading, pointer: str) -> timedelta:
    match = _SPAN.match(value) if isinstance(value, str) else None
    span = int(match[1]) * _UNITS[match[2]] if match else timedelta(0)
    if not timedelta(0) < span <= LONGEST:
        reading.refuse(pointer, Code.BAD_DURATION, 'write a span such as "1h" or "90m", at most "24h"')
    return span


def trip_to_json(trip: Trip) -> dict[str, Json]:
    return {
        "id": trip.id,
        "at": moment_text(trip.at),
        "demoted": trip.demoted,
        "accounts": trip.accounts,
        "suspects": _suspects_to_json(trip.suspects),
        "resolution": trip.resolution and trip.resolution.value,
        "resolved_at": None if trip.resolved_at is None else moment_text(trip.resolved_at),
        "resolved_by": trip.resolved_by,
    }


def parse_trip(stored: Mapping[str, Json]) -> Trip:
    """What `trip_to_json` wrote: nobody else writes it."""
    body = cast("Mapping[str, Any]", stored)
    resolved_at, resolution = body["resolved_at"], body["resolution"]
    return Trip(
        id=body["id"],
        at=parse_moment(body["at"]),
        demoted=body["demoted"],
        accounts=body["accounts"],
        suspects=_suspects(body["suspects"]),
        resolution=None if resolution is None else Resolution(resolution),
        resolved_at=None if resolved_at is None else parse_moment(resolved_at),
        resolved_by=body["resolved_by"],
    )


def ledger_to_json(ledger: Ledger) -> dict[str, Json]:
    return {
        "trips": ledger.trips,
        "open": ledger.open,
        "by_minute": {moment_text(minute): count for minute, count in ledger.by_minute.items()},
        "suspects": _suspects_to_json(ledger.suspects),
    }


def parse_ledger(stored: Mapping[str, object]) -> Ledger:
    """What `ledger_to_json` wrote: nobody else writes it."""
    body = cast("Mapping[str, Any]", stored)
    by_minute = {parse_moment(minute): count for minute, count in body["by_minute"].items()}
    return Ledger(body["trips"], body["open"], by_minute, _suspects(body["suspects"]))


def _suspects_to_json(suspects: Mapping[Suspect, int]) -> list[Json]:
    return [{"field": each.field, "source": each.source, "accounts": count} for each, count in suspects.items()]


def _suspects(stored: Any) -> dict[Suspect, int]:
    return {Suspect(each["field"], each["source"]): each["accounts"] for each in stored}
