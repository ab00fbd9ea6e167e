from decimal import Decimal
from pathlib import Path

import pytest

from cost import counts
from cost.counts import Counts, Kind, differences

KEPT: Counts = {"calls": {"ingest dynamodb.PutItem": Decimal(1)}, "log_bytes": {"ingest": Decimal(300)}}


def with_number(group: str, name: str, number: str) -> Counts:
    return {**KEPT, group: {**KEPT.get(group, {}), name: Decimal(number)}}


def test_the_same_numbers_differ_in_nothing() -> None:
    assert list(differences(Kind.VALUE, KEPT, KEPT)) == []


@pytest.mark.parametrize("number", ["2", "0", "1.5"])
def test_a_call_more_or_less_is_told_with_its_kind_both_numbers_and_the_file(number: str) -> None:
    (said,) = differences(Kind.VALUE, with_number("calls", "ingest dynamodb.PutItem", number), KEPT)

    assert said == (
        f"a webhook of the kind 'a value': calls of ingest dynamodb.PutItem are {number}, and 1 in cost/counts.json. "
        "If that is meant, `make counts` keeps it."
    )


def test_what_is_not_kept_at_all_counts_as_none() -> None:
    assert len([*differences(Kind.TIER, with_number("write_units", "notify", "2"), KEPT)]) == 1
    assert len([*differences(Kind.TIER, KEPT, with_number("write_units", "notify", "2"))]) == 1


def test_log_bytes_are_ceilings() -> None:
    assert list(differences(Kind.VALUE, with_number("log_bytes", "ingest", "12"), KEPT)) == []
    (said,) = differences(Kind.VALUE, with_number("log_bytes", "ingest", "300.5"), KEPT)
    assert "log_bytes of ingest are 300.5, and at most 300 in" in said


def test_what_is_kept_is_read_back_with_log_bytes_rounded_up(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    counted = {kind: with_number("log_bytes", "ingest", "293.25") for kind in Kind}
    half: Counts = {"read_units": {"alerts": Decimal("0.5")}, "log_bytes": {"ingest": Decimal(320)}}

    counts.keep({**counted, Kind.TIER: half}, file)

    kept = counts.kept(file)
    assert kept[Kind.VALUE] == {**KEPT, "log_bytes": {"ingest": Decimal(320)}}
    assert kept[Kind.TIER] == {**half, "log_bytes": {"ingest": Decimal(340)}}
    assert list(differences(Kind.VALUE, counted[Kind.VALUE], kept[Kind.VALUE])) == []
