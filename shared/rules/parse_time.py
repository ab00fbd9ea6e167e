"""From what a document says of the present moment to distances: `today+30d`, `now-36h`, and durations such as `90d`."""

import re
from collections.abc import Mapping

from shared.accounts.values import FieldType, Json, ValueRefused
from shared.rules.condition import Relative

MAX_DAYS = 3_650

_DURATION = re.compile(r"([0-9]{1,9})([mhd])\Z", re.ASCII)
_SECONDS: Mapping[str, int] = {"m": 60, "h": 3_600, "d": 86_400}
_PRESENT: Mapping[FieldType, re.Pattern[str]] = {
    FieldType.DATE: re.compile(r"today(?:([+-])(.*))?\Z"),
    FieldType.TIMESTAMP: re.compile(r"now(?:([+-])(.*))?\Z"),
}
_UNITS: Mapping[FieldType, str] = {FieldType.DATE: "whole days", FieldType.TIMESTAMP: "minutes, hours or days"}
_SHORTEST: Mapping[FieldType, str] = {FieldType.DATE: "1d", FieldType.TIMESTAMP: "1m"}

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
    return Relative(_distance(raw, of, at_least=_SHORTEST[of]), str(raw))


def _distance(raw: Json, of: FieldType, *, at_least: str) -> int:
    """In days for dates and in seconds for timestamps."""
    match = _DURATION.match(raw) if isinstance(raw, str) else None
    if match is not None and not (of is FieldType.DATE and match[2] != "d"):
        seconds = int(match[1]) * _SECONDS[match[2]]
        if (seconds or at_least == "0d") and seconds <= MAX_DAYS * _SECONDS["d"]:
            return seconds // _SECONDS["d"] if of is FieldType.DATE else seconds
    raise ValueRefused("bad_duration", f'write a duration in {_UNITS[of]}, from "{at_least}" to "{MAX_DAYS}d"')
