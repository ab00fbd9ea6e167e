"""Windows over a field that is kept by day read one value a day, whatever it did within the day."""

import pytest

from shared.accounts.days import Days, Run
from shared.accounts.history import History
from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, Json
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import Leaf
from shared.rules.facts import Facts
from shared.rules.turning import turning_points
from tests.support.builders import NOW
from tests.unit.rules.documents import moment, parse

MRR = FieldName("mrr")
TODAY = NOW.date().toordinal()
AT = int(NOW.timestamp())
DAY = 86_400

DAYS = Days((Run(TODAY - 9, 3, 10 * SCALE), Run(TODAY - 6, 6, 20 * SCALE), Run(TODAY, 1, 34 * SCALE)))
"""Ten for three days, twenty for six, thirty-four today."""
KNOWN = History(
    ((AT - 9 * DAY, 10 * SCALE), (AT - 6 * DAY, 20 * SCALE), (AT - 60, 7 * SCALE), (AT, 34 * SCALE)), days=DAYS
)


def asked(**document: Json) -> Leaf:
    found = parse({"field": "mrr", **document})
    assert isinstance(found, Leaf)
    return found


def holds(**document: Json) -> bool:
    return compile_leaf(asked(**document))(Facts({MRR: KNOWN.last_known}, {MRR: KNOWN}, moment()))


@pytest.mark.parametrize(
    ("window", "comes_to"),
    [
        ({"fn": "avg", "of": "7d"}, 22),
        ({"fn": "sum", "of": "7d"}, 154),
        ({"fn": "min", "of": "8d"}, 10),
        ({"fn": "min", "of": "7d"}, 20),
        ({"fn": "max", "of": "1d"}, 34),
        ({"fn": "sum", "of": "400d"}, 184),
    ],
)
def test_seven_days_are_seven_values(window: Json, comes_to: int) -> None:
    assert holds(op="=", value=comes_to, window=window)


def test_an_amount_of_change_compares_windows_of_days() -> None:
    assert holds(op="rose_by", value="3.5", over="3d", window={"fn": "avg", "of": "4d"})
    assert not holds(op="rose_by", value="3.51", over="3d", window={"fn": "avg", "of": "4d"})


def test_without_over_the_old_window_ends_before_the_day_of_the_last_change() -> None:
    assert holds(op="rose_by", value=14, window={"fn": "max", "of": "2d"})
    assert not holds(op="rose_by", value="14.01", window={"fn": "max", "of": "2d"})


def test_change_operators_without_a_window_read_the_changes_of_the_day() -> None:
    assert holds(op="changed_from", value=7)


def test_a_window_turns_where_a_day_leaves_it() -> None:
    leaf = asked(op=">", value=21, window={"fn": "avg", "of": "7d"})

    points = [*turning_points(leaf, Facts({MRR: KNOWN.last_known}, {MRR: KNOWN}, moment()))]

    midnights = {point.time().isoformat() for point in points}
    assert midnights == {"00:00:00"}
    assert (points[0] - NOW).total_seconds() == 17 * 3_600
