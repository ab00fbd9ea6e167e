"""Typed values of fields: exact inside, JSON at the edges."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeGuard, assert_never

type Value = int | str | bool | tuple[str, ...]
"""A value as it is kept and compared, by its field's type:
number, money: int, ten-thousandths of the unit · string, enum: str · boolean: bool · list: tuple of str, sorted, no
repeats · date: int, the proleptic Gregorian ordinal of the day · timestamp: int, seconds since 1970 UTC."""

type Json = str | int | float | bool | Decimal | list[Json] | Mapping[str, Json] | None

SCALE = 10_000
"""Numbers and money are kept in ten-thousandths of their unit."""
MAX_UNITS = 10**12
MAX_DIGITS = 10**15
MAX_PLACES = 40
MAX_TEXT = 1_000
MAX_ITEMS = 100
MAX_ITEM = 256
MAX_NAMED = 20
"""Options that a refusal names."""
MAX_QUOTED = 100
"""Characters of what is refused that a refusal quotes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = range(date.min.toordinal(), date.max.toordinal() + 1)
_SECONDS = range(
    int(datetime.min.replace(tzinfo=UTC).timestamp()),
    int(datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp()) + 1,
)
"""Of the calendar, which ends with the year 9999."""

_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?\Z", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z", re.ASCII
)


class FieldType(StrEnum):
    NUMBER = "number"
    MONEY = "money"
    STRING = "string"
    ENUM = "enum"
    BOOLEAN = "boolean"
    LIST = "list"
    DATE = "date"
    TIMESTAMP = "timestamp"


class ValueRefused(ValueError):
    """A JSON value does not fit a type; the message says what would."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """One of RULES' codes: `value_not_for_type`, `not_in_options`, `too_long`, `too_many`."""


@dataclass(frozen=True, slots=True)
class ValueType:
    """What a field's values may be; `decimals` is 4 for numbers and the currency's exponent for money."""

    type: FieldType
    options: tuple[str, ...] = ()
    decimals: int = 4

    def parse(self, raw: Json) -> Value:
        """The value that `raw`, which is not null, stands for; raises ValueRefused."""
        match self.type:
            case FieldType.NUMBER | FieldType.MONEY:
                return _parse_scaled(raw, self)
            case FieldType.STRING:
                return _parse_text(raw)
            case FieldType.ENUM:
                return _parse_option(raw, self.options)
            case FieldType.BOOLEAN:
                if not isinstance(raw, bool):
                    raise _refused("a boolean is true or false")
                return raw
            case FieldType.LIST:
                return _parse_list(raw)
            case FieldType.DATE:
                return _parse_date(raw)
            case FieldType.TIMESTAMP:
                return _parse_timestamp(raw)
            case _:
                assert_never(self.type)

    def fits(self, value: Value) -> bool:
        """Whether a kept value is of this type still (the admin may have changed the field since)."""
        match self.type:
            case FieldType.STRING:
                return isinstance(value, str)
            case FieldType.NUMBER | FieldType.MONEY:
                return _is_whole(value)
            case FieldType.ENUM:
                return isinstance(value, str) and value in self.options
            case FieldType.BOOLEAN:
                return isinstance(value, bool)
            case FieldType.LIST:
                return isinstance(value, tuple)
            case FieldType.DATE:
                return _is_whole(value) and value in _DAYS
            case FieldType.TIMESTAMP:
                return _is_whole(value) and value in _SECONDS
            case _:
                assert_never(self.type)

    def to_json(self, value: Value) -> str | int | bool | list[str]:
        """`value` as the API writes it: money as a decimal string with all its decimals, a whole number as a number."""
        if isinstance(value, (str, bool)):
            return value
        if isinstance(value, tuple):
            return list(value)
        if self.type is FieldType.NUMBER:
            return value // SCALE if value % SCALE == 0 else self.to_text(value)
        return self.to_text(value)

    def to_text(self, value: Value) -> str:
        """`value` as a person reads it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, str):
            return value
        if isinstance(value, tuple):
            return ", ".join(value)
        match self.type:
            case FieldType.DATE:
                return date.fromordinal(value).isoformat()
            case FieldType.TIMESTAMP:
                return moment_text(_EPOCH + timedelta(seconds=value))
            case FieldType.MONEY:
                return f"{Decimal(value) / SCALE:.{self.decimals}f}"
            case _:
                return f"{(Decimal(value) / SCALE).normalize():f}"


def _is_whole(value: Value) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def scaled(amount: Decimal) -> int:
    """`amount` in ten-thousandths; the caller has rounded it to at most four decimals."""
    return int(amount.scaleb(4))


def _refused(message: str) -> ValueRefused:
    return ValueRefused("value_not_for_type", message)


def _parse_scaled(raw: Json, kind: ValueType) -> int:
    amount = parse_decimal(raw)
    units = amount.scaleb(kind.decimals)
    if units != units.to_integral_value():
        raise _refused(f"a {kind.type} here has at most {kind.decimals} decimals")
    if abs(amount) >= MAX_UNITS:
        raise _refused(f"a {kind.type} is below 10^12 in magnitude")
    return scaled(amount)


def parse_decimal(raw: Json) -> Decimal:
    """A JSON number or a decimal string, exactly; raises ValueRefused.

    Binary floats are refused: read JSON with `parse_float=Decimal`.
    """
    text = raw if isinstance(raw, str) else _digits(raw)
    if not _DECIMAL.match(text):
        raise _refused('write a number, or a decimal string such as "1000.00"')
    return Decimal(text)


def _digits(raw: Json) -> str:
    """The digits of a JSON number; empty for what is none, or is far beyond every accepted magnitude or precision."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw) if -MAX_DIGITS < raw < MAX_DIGITS else ""
    if isinstance(raw, Decimal) and raw.is_finite() and -MAX_PLACES < raw.adjusted() < MAX_PLACES:
        text = format(raw, "f")
        return text.rstrip("0").removesuffix(".") if "." in text else text
    return ""


def _parse_text(raw: Json) -> str:
    if not isinstance(raw, str):
        raise _refused("write a string")
    if len(raw) > MAX_TEXT:
        raise ValueRefused("too_long", f"at most {MAX_TEXT} characters")
    if not raw.isprintable() and any(0xD800 <= ord(char) <= 0xDFFF for char in raw):  # noqa: PLR2004 - the surrogates
        raise _refused("the text has half of a surrogate pair")
    return raw


def _parse_option(raw: Json, options: tuple[str, ...]) -> str:
    text = _parse_text(raw)
    if text not in options:
        more = f" and {len(options) - MAX_NAMED} more" if len(options) > MAX_NAMED else ""
        advice = f"{text[:MAX_QUOTED]!r} is none of the options: {', '.join(options[:MAX_NAMED])}{more}"
        raise ValueRefused("not_in_options", advice)
    return text


def _parse_list(raw: Json) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise _refused("write an array of strings")
    if len(raw) > MAX_ITEMS:
        raise ValueRefused("too_many", f"a list has at most {MAX_ITEMS} strings")
    items = {_parse_text(item) for item in raw}
    if any(len(item) > MAX_ITEM for item in items):
        raise ValueRefused("too_long", f"a list's strings have at most {MAX_ITEM} characters")
    return tuple(sorted(items))


def _parse_date(raw: Json) -> int:
    if isinstance(raw, str) and _DATE.match(raw):
        try:
            return date.fromisoformat(raw).toordinal()
        except ValueError:
            pass
    raise _refused("write a date as YYYY-MM-DD")


def _parse_timestamp(raw: Json) -> int:
    if not isinstance(raw, str):
        raise _refused("write a time as RFC 3339 with its offset, such as 2026-11-22T07:00:00Z")
    return (parse_moment(raw) - _EPOCH) // timedelta(seconds=1)


def parse_moment(text: str) -> datetime:
    """An RFC 3339 time with its offset, in UTC; digits below the microsecond are cut. Raises ValueRefused."""
    if _TIMESTAMP.match(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise _refused("write a time as RFC 3339 with its offset, such as 2026-11-22T07:00:00Z")


def moment_text(moment: datetime) -> str:
    """`moment` (aware) as RFC 3339 in UTC, to the second: what the API and the stores write."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
