"""From what a document says of time to distances and durations: `today+30d`, `now-36h`, `90d`."""

import re
from collections.abc import Mapping
from datetime import timedelta

from shared.accounts.values import FieldType, Json, ValueRefused
from shared.rules.condition import Duration, Relative

MAX_DAYS = 3_650

_DURATION = re.compile(r"([0-9]{1,9})([mhd])\Z", re.ASCII)
_SECONDS: Mapping[str, int] = {"m": 60, "h": 3_600, "d": 86_400}
_PRESENT: Mapping[FieldType, re.Pattern[str]] = {
    FieldType.DATE: re.compile(r"today(?:([+-])(.*))?\Z"),
    FieldType.TIMESTAMP: re.compile(r"now(?:([+-])(.*))?\Z"),
}

ALSO: Mapping[FieldType, str] = {
    FieldType.DATE: ", or as today, today+30d or today-7d",
    FieldType.TIMESTAMP: ", or as now, now+36h or now-7d",
}
"""What a comparison of the type takes beside its values."""


def parse_relative(raw: Json, of: FieldType) -> Relative | None:
    """`today`, `today±` or `now`, `now±`, as the type has it; None for anything else. Raises ValueRefused."""
    match = _PRESENT[of].match(raw) if isinstance(raw, str) and of in _PRESENT else None
    if match is None:
        return None
    sign, duration = match.groups()
    if sign is None:
        return Relative(0, match.string)
    distance = _distance(duration, of, at_least="0d")
    return Relative(distance if sign == "+" else -distance, match.string)


def parse_span(raw: Json, of: FieldType) -> Relative:
    """The duration of `within_…` and `beyond_…`; raises ValueRefused."""
    return Relative(_distance(raw, of, at_least=_shortest(of)), str(raw))


def parse_duration(raw: Json, of: FieldType) -> Duration:
    """How long ago, or for how long, of a field of this type: dates know whole days. Raises ValueRefused."""
    return Duration(_seconds(raw, of, at_least=_shortest(of)), str(raw))


def duration_text(seconds: int) -> str:
    """`30d`: whole minutes in the longest unit that they are whole in."""
    unit = next(unit for unit in ("d", "h", "m") if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _shortest(of: FieldType) -> str:
    return "1d" if of is FieldType.DATE else "1m"


def parse_delay(raw: Json) -> timedelta:
    """The duration of a setting, which may be `0d`; raises ValueRefused."""
    return timedelta(seconds=_distance(raw, FieldType.TIMESTAMP, at_least="0d"))


def _distance(raw: Json, of: FieldType, *, at_least: str) -> int:
    """In days for dates and in seconds for timestamps."""
    seconds = _seconds(raw, of, at_least=at_least)
    return seconds // _SECONDS["d"] if of is FieldType.DATE else seconds


def _seconds(raw: Json, of: FieldType, *, at_least: str) -> int:
    match = _DURATION.match(raw) if isinstance(raw, str) else None
    if match is not None and not (of is FieldType.DATE and match[2] != "d"):
        seconds = int(match[1]) * _SECONDS[match[2]]
        if (seconds or at_least == "0d") and seconds <= MAX_DAYS * _SECONDS["d"]:
            return seconds
    units = "whole days" if of is FieldType.DATE else "minutes, hours or days"
    raise ValueRefused("bad_duration", f'write a duration in {units}, from "{at_least}" to "{MAX_DAYS}d"')
