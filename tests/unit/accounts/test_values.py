"""Typed values are exact inside and JSON at the edges."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.values import FieldType, Json, Value, ValueRefused, ValueType, parse_moment

MONEY = ValueType(FieldType.MONEY, decimals=2)
YEN = ValueType(FieldType.MONEY, decimals=0)
NUMBER = ValueType(FieldType.NUMBER)
ENUM = ValueType(FieldType.ENUM, options=("free", "pro"))


@pytest.mark.parametrize(
    ("kind", "raw", "value", "written"),
    [
        (MONEY, "1000.00", 10_000_000, "1000.00"),
        (MONEY, 1000, 10_000_000, "1000.00"),
        (MONEY, Decimal("640.5"), 6_405_000, "640.50"),
        (MONEY, Decimal("1.2300000"), 12_300, "1.23"),
        (MONEY, "-0.01", -100, "-0.01"),
        (YEN, "1200", 12_000_000, "1200"),
        (NUMBER, "0.9", 9_000, "0.9"),
        (NUMBER, 30, 300_000, 30),
        (NUMBER, Decimal("3E+2"), 3_000_000, 300),
        (NUMBER, "999999999999.9999", 9_999_999_999_999_999, "999999999999.9999"),
        (ValueType(FieldType.STRING), "", "", ""),
        (ENUM, "pro", "pro", "pro"),
        (ValueType(FieldType.BOOLEAN), False, False, False),
        (ValueType(FieldType.LIST), ["b", "a", "b"], ("a", "b"), ["a", "b"]),
        (ValueType(FieldType.DATE), "2026-11-22", date(2026, 11, 22).toordinal(), "2026-11-22"),
        (ValueType(FieldType.TIMESTAMP), "2026-11-22T08:00:00+01:00", 1_795_330_800, "2026-11-22T07:00:00Z"),
    ],
)
def test_a_value_is_read_and_written(kind: ValueType, raw: Json, value: Value, written: Json) -> None:
    assert kind.parse(raw) == value
    assert kind.to_json(value) == written
    assert kind.fits(value)


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (MONEY, "1.234", "value_not_for_type"),
        (YEN, "1.5", "value_not_for_type"),
        (NUMBER, True, "value_not_for_type"),
        (NUMBER, 1.5, "value_not_for_type"),
        (NUMBER, "1e3", "value_not_for_type"),
        (NUMBER, "١٢", "value_not_for_type"),
        (NUMBER, " 1", "value_not_for_type"),
        (NUMBER, "1\n", "value_not_for_type"),
        (NUMBER, Decimal("NaN"), "value_not_for_type"),
        (NUMBER, Decimal("1E+999999"), "value_not_for_type"),
        (NUMBER, Decimal("1E-999999"), "value_not_for_type"),
        (NUMBER, Decimal("1." + "0" * 50 + "1"), "value_not_for_type"),
        (NUMBER, 10**12, "value_not_for_type"),
        pytest.param(NUMBER, 10**5000, "value_not_for_type", id="5,000 digits"),
        (NUMBER, "1,000", "value_not_for_type"),
        (ValueType(FieldType.STRING), "x" * 1001, "too_long"),
        (ValueType(FieldType.STRING), "\ud800", "value_not_for_type"),
        (ValueType(FieldType.STRING), 5, "value_not_for_type"),
        (ENUM, "gold", "not_in_options"),
        (ValueType(FieldType.BOOLEAN), 1, "value_not_for_type"),
        (ValueType(FieldType.LIST), "a", "value_not_for_type"),
        (ValueType(FieldType.LIST), ["x"] * 101, "too_many"),
        (ValueType(FieldType.LIST), ["x" * 257], "too_long"),
        (ValueType(FieldType.DATE), "2026-2-1", "value_not_for_type"),
        (ValueType(FieldType.DATE), "2026-02-30", "value_not_for_type"),
        (ValueType(FieldType.TIMESTAMP), "2026-11-22T07:00:00", "value_not_for_type"),
        (ValueType(FieldType.TIMESTAMP), 1_795_330_800, "value_not_for_type"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_code(kind: ValueType, raw: Json, code: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        kind.parse(raw)

    assert refused.value.code == code
    assert str(refused.value)


@given(st.decimals(-(10**11), 10**11, places=2))
def test_money_survives_the_round_trip_exactly(amount: Decimal) -> None:
    assert Decimal(str(MONEY.to_json(MONEY.parse(format(amount, "f"))))) == amount


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001 - hypothesis wants naive bounds


@given(_moments)
def test_a_timestamp_keeps_its_second_whatever_its_offset(moment: datetime) -> None:
    kind = ValueType(FieldType.TIMESTAMP)
    utc = moment.astimezone(UTC)

    value = kind.parse(utc.isoformat())

    assert value == (utc - _EPOCH) // timedelta(seconds=1)
    assert parse_moment(str(kind.to_json(value))) == utc.replace(microsecond=0)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_second_that_has_begun_is_the_one_that_is_kept(written: str, kept: str) -> None:
    kind = ValueType(FieldType.TIMESTAMP)
    value = kind.parse(written)
    assert (kind.to_json(value), kind.fits(value)) == (kept, True)
