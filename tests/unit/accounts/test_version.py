"""Versions keep every digit and are compared within their kind."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from shared.accounts.identity import RecordKey, account_id_for
from shared.accounts.version import Version, VersionKindChanged


def test_a_number_keeps_nine_decimals() -> None:
    assert Version.of_number(Decimal("17.000000001")).newer_than(Version.of_number(17))


@pytest.mark.parametrize("number", [Decimal("1.0000000001"), 10**18, Decimal("1E+40")])
def test_a_number_beyond_its_digits_is_refused(number: Decimal | int) -> None:
    with pytest.raises(ValueError, match="at most 18 digits"):
        Version.of_number(number)


def test_a_time_is_the_same_in_every_offset_and_keeps_its_microseconds() -> None:
    utc = datetime(2026, 11, 22, 7, 0, 0, 250_001, tzinfo=UTC)

    assert Version.of_time(utc) == Version.of_time(utc.astimezone(timezone(timedelta(hours=9))))
    assert Version.of_time(utc).newer_than(Version.of_time(utc.replace(microsecond=250_000)))


def test_the_revision_decides_between_equal_times_only() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)

    assert Version.of_time(early, revision=2).newer_than(Version.of_time(early, revision=1))
    assert not Version.of_time(early, revision=9).newer_than(Version.of_time(late, revision=1))


def test_kinds_are_not_compared() -> None:
    with pytest.raises(VersionKindChanged):
        Version.of_number(1).newer_than(Version.of_time(datetime(2026, 1, 1, tzinfo=UTC)))


def test_a_record_founds_the_same_account_every_time() -> None:
    record = RecordKey.parse("generic:acct:42")

    assert record.external_id == "acct:42"
    assert account_id_for(record) == account_id_for(RecordKey.parse(str(record)))
    assert account_id_for(record) != account_id_for(RecordKey.parse("generic:acct:43"))


@pytest.mark.parametrize("text", ["", "generic", "generic:", ":x"])
def test_half_a_record_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no record"):
        RecordKey.parse(text)
