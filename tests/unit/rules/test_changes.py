"""What a leaf that asks of the past means, on histories written by hand."""

from datetime import timedelta

import pytest

from shared.accounts.history import History
from shared.accounts.identity import FieldName
from shared.accounts.values import Json, Value
from shared.rules.compile import compile_condition
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import Leaf
from shared.rules.facts import Facts
from shared.rules.trace import findings
from shared.rules.turning import next_turn, tells_time, turning_points
from shared.rules.wording import ground_words, grounds
from tests.support.builders import NOW
from tests.unit.rules.documents import leaf, moment, parse
from tests.unit.rules.past import DAY, Entries, past_facts

SECOND = timedelta(seconds=1)
MONTH: dict[str, Json] = {"over": "30d"}


def asked(document: Json) -> Leaf:
    found = parse(document)
    assert isinstance(found, Leaf)
    return found


def holds(field: str, op: str, *value: Json, of: Entries, **beside: Json) -> bool:
    return compile_leaf(asked({**leaf(field, op, *value), **beside}))(past_facts(field, of))


EVERY = [
    {"op": "changed"},
    {"op": "changed", "over": "30d"},
    {"op": "changed_to", "value": 5},
    {"op": "changed_from", "value": 3},
    {"op": "same_for", "value": "1m"},
    {"op": "rose_by", "value": 0},
    {"op": "rose_by_pct", "value": 0, "over": "30d"},
    {"op": "rose_by", "value": 0, "window": {"fn": "max", "of": "7d"}},
    {"op": ">", "value": 4, "window": {"fn": "max", "of": "7d"}},
]
"""Each holds where seats went from 3 to 5 five days ago."""


@pytest.mark.parametrize("document", EVERY)
def test_nothing_holds_of_a_missing_value_or_without_a_history(document: dict[str, Json]) -> None:
    test, seats = compile_leaf(asked({"field": "seats", **document})), FieldName("seats")
    known = past_facts("seats", [(9, 3), (5, 5)])
    assert test(known)
    assert not test(Facts({}, known.histories, known.at))
    assert not test(Facts({seats: "5"}, known.histories, known.at))
    assert not test(Facts(known.values, {}, known.at))


@pytest.mark.parametrize("document", EVERY)
@pytest.mark.parametrize("value", [True, "5", ("5",), 5])
def test_a_history_of_another_types_values_raises_nothing(document: dict[str, Json], value: Value) -> None:
    known, found = past_facts("seats", [(9, 3), (5, 5)]), asked({"field": "seats", **document})
    odd = Facts(known.values, {FieldName("seats"): History(((0, value), (0, "x"), (0, value)))}, known.at)
    assert compile_leaf(found)(odd) in (True, False)
    next_turn([found], odd)
    (finding,) = findings(found, odd, lambda _: None)
    assert finding.beside.get("old") in (None, "0.0005")
    (ground,) = grounds(found, odd)
    assert ground_words(ground, odd, str)


RISE: Entries = [(40, 100), (20, 120), (10, 150)]


def test_the_old_value_is_that_before_the_last_change() -> None:
    assert holds("mrr", "rose_by", 30, of=RISE)
    assert not holds("mrr", "rose_by", "30.01", of=RISE)
    assert holds("mrr", "changed_from", 120, of=RISE)


def test_over_takes_the_value_in_force_then() -> None:
    for over, old in (("10d", 150), ("241h", 120), ("20d", 120), ("481h", 100), ("30d", 100)):
        assert holds("mrr", "changed_from", old, over=over, of=RISE) is (old != 150), over
        assert holds("mrr", "rose_by", 150 - old, over=over, of=RISE) is (old != 150), over
    assert holds("mrr", "changed_from", 120, over="20d", of=RISE)
    assert not holds("mrr", "changed_from", 100, over="20d", of=RISE)


def test_where_history_begins_later_the_oldest_known_is_taken() -> None:
    assert holds("mrr", "rose_by", 50, over="300d", of=RISE)
    assert not holds("mrr", "rose_by", "50.01", over="300d", of=RISE)


def test_of_entries_of_one_second_the_last_is_in_force() -> None:
    assert holds("mrr", "changed_from", 2, over="5d", of=[(9, 1), (5, 9), (5, 2), (1, 3)])


def test_neighbours_that_are_equal_are_no_change() -> None:
    assert not holds("mrr", "changed", of=[(9, 5), (5, 5), (1, 5)])
    assert not holds("mrr", "changed", of=[(9, 5), (5, 5)], **MONTH)
    assert holds("mrr", "changed_from", 4, of=[(9, 4), (5, 5), (1, 5)])
    assert not holds("mrr", "changed_from", 5, of=[(9, 4), (5, 5), (1, 5)])


def test_one_known_value_has_no_old_one() -> None:
    assert not holds("mrr", "changed", of=[(9, 5)])
    assert not holds("mrr", "changed_to", 5, of=[(9, 5)])
    assert not holds("mrr", "rose_by", 0, of=[(9, 5)])
    assert not holds("mrr", "rose_by", 0, of=[(9, 5)], **MONTH)


def test_a_history_cut_to_one_value_has_changed_from_something() -> None:
    def changed(of: Entries, **beside: Json) -> bool:
        return compile_leaf(asked({**leaf("mrr", "changed"), **beside}))(past_facts("mrr", of, cut=True))

    assert changed([(9, 5)])
    assert not changed([(9, 5)], **MONTH)
    assert not changed([(9, 5), (5, 5)])
    assert not compile_leaf(asked(leaf("mrr", "changed_to", 5)))(past_facts("mrr", [(9, 5)], cut=True))


def test_a_change_counts_while_it_is_younger_than_over() -> None:
    assert holds("plan", "changed", of=[(40, "a"), (29.99, "b")], **MONTH)
    assert not holds("plan", "changed", of=[(40, "a"), (30, "b")], **MONTH)
    assert not holds("plan", "changed", of=[(40, "a"), (30, "b"), (1, "b")], **MONTH)


def test_there_and_back_is_a_change_without_an_old_value_that_differs() -> None:
    there_and_back: Entries = [(40, "pro"), (20, "free"), (10, "pro")]
    assert holds("plan", "changed", of=there_and_back, **MONTH)
    assert not holds("plan", "changed_to", "pro", of=there_and_back, **MONTH)
    assert not holds("plan", "changed_from", "pro", of=there_and_back, **MONTH)
    assert holds("plan", "changed_to", "pro", of=there_and_back)


@pytest.mark.parametrize(
    ("field", "before", "after", "other"),
    [
        ("mrr", 3, "3.01", 4),
        ("plan", "", "a", "b"),
        ("grade", "free", "pro", "enterprise"),
        ("products", ["b", "a"], ["a"], []),
        ("renewal_date", "2026-01-01", "2026-01-02", "2026-01-03"),
        ("last_login_at", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T01:00:00Z"),
        ("strategic", True, False, None),
    ],
)
def test_from_and_to_are_told_of_every_type(field: str, before: Json, after: Json, other: Json) -> None:
    of: Entries = [(40, before), (10, after)]
    assert holds(field, "changed_to", after, of=of)
    assert holds(field, "changed_from", before, of=of, **MONTH)
    assert not holds(field, "changed_to", before, of=of)
    assert not holds(field, "changed_from", after, of=of)
    if other is not None:
        assert not holds(field, "changed_to", other, of=of)
        assert not holds(field, "changed_from", other, of=of)


def test_order_and_repeats_of_a_list_are_no_change() -> None:
    assert not holds("products", "changed", of=[(9, ["a", "b"]), (5, ["b", "a", "a"])])
    assert holds("products", "changed_from", ["b", "a", "b"], of=[(9, ["a", "b"]), (5, ["a"])])


@pytest.mark.parametrize(
    ("op", "old", "new", "amount", "met"),
    [
        ("rose_by", 100, 120, 20, True),
        ("rose_by", 100, 120, "20.01", False),
        ("rose_by", 120, 100, 0, False),
        ("rose_by", -5, 5, 10, True),
        ("dropped_by", 120, 100, 20, True),
        ("dropped_by", 120, 100, "20.01", False),
        ("dropped_by", 100, 120, 0, False),
        ("rose_by_pct", 100, 120, 20, True),
        ("rose_by_pct", 100, 120, "20.0001", False),
        ("rose_by_pct", "0.03", "0.04", "33.3333", True),
        ("rose_by_pct", "0.03", "0.04", "33.3334", False),
        ("rose_by_pct", 0, 120, 0, False),
        ("rose_by_pct", -100, 120, 0, False),
        ("dropped_by_pct", 1250, 1000, 20, True),
        ("dropped_by_pct", "1.15", "0.92", 20, True),
        ("dropped_by_pct", 5, -5, 200, True),
        ("dropped_by_pct", -5, -10, 0, False),
        ("dropped_by_pct", 100, 100, 0, False),
    ],
)
def test_amounts_of_change_are_met_exactly(op: str, old: Json, new: Json, amount: Json, *, met: bool) -> None:
    assert holds("mrr", op, amount, of=[(40, old), (10, new)], **MONTH) is met
    if old != new:
        assert holds("mrr", op, amount, of=[(40, old), (10, new)]) is met


def test_no_move_is_no_change_of_zero() -> None:
    for op in ("rose_by", "dropped_by", "rose_by_pct", "dropped_by_pct"):
        assert not holds("mrr", op, 0, of=[(40, 5), (20, 6), (10, 5)], **MONTH)


def test_a_value_is_the_same_since_its_run_of_equal_entries_began() -> None:
    run: Entries = [(60, "a"), (45, "b"), (20, "b"), (1, "b")]
    assert holds("plan", "same_for", "45d", of=run)
    assert not holds("plan", "same_for", "64801m", of=run)
    assert not holds("plan", "same_for", "45d", of=[(45 - 1 / 86_400, "b")])
    assert holds("plan", "same_for", "1m", of=[(60, "a"), (1, "b")])


DAILY: Entries = [(6, 10), (5, 20), (4, 60), (3, 20), (2, 30), (1, 20), (0, 50)]


def window(fn: str, of: str) -> dict[str, Json]:
    return {"window": {"fn": fn, "of": of}}


@pytest.mark.parametrize(("fn", "value"), [("avg", "33.3333"), ("min", 20), ("max", 50), ("sum", 100)])
def test_a_window_is_of_the_entries_later_than_its_begin(fn: str, value: str) -> None:
    three = window(fn, "3d")
    assert holds("seats", ">=", value, of=DAILY, **three)
    assert holds("seats", "=", value, of=DAILY, **three) is (fn != "avg")
    assert not holds("seats", "<", value, of=DAILY, **three)


def test_an_average_is_exact() -> None:
    assert not holds("seats", "<=", "33.3333", of=DAILY, **window("avg", "3d"))
    assert holds("seats", "<", "33.3334", of=DAILY, **window("avg", "3d"))
    assert holds("seats", "=", 30, of=DAILY, **window("avg", "7d"))


def test_an_entry_to_come_is_in_no_window_yet() -> None:
    assert holds("seats", "<", 9, of=[(1, 1), (-1, 9)], **window("max", "7d"))


def test_an_empty_window_compares_with_nothing() -> None:
    for op in ("<", "!=", ">="):
        assert not holds("seats", op, 0, of=[(9, 5)], **window("sum", "7d"))


def test_the_field_that_a_window_is_compared_with_has_none() -> None:
    document = {**leaf("seats", ">=", {"field": "seats_used", "times": "0.5"}), **window("avg", "3d")}
    test = compile_condition(parse(document))
    assert test(past_facts("seats", DAILY, seats_used="66.6666"))
    assert not test(past_facts("seats", DAILY, seats_used="66.6667"))
    assert not test(past_facts("seats", DAILY))


def test_a_windowed_comparison_is_no_range_of_the_present_value() -> None:
    document: Json = {"all": [{**leaf("seats", ">=", 60), **window("max", "7d")}, leaf("seats", "<", 60)]}
    assert compile_condition(parse(document))(past_facts("seats", DAILY))


def test_a_windowed_change_compares_window_with_window() -> None:
    week: Entries = [(9, 8), (8, 4), (7, 6), (2, 9), (1, 3), (0, 6)]
    for amount, met in ((0, False), (1, False)):
        assert holds("seats", "rose_by", amount, of=week, over="7d", **window("avg", "3d")) is met
    assert holds("seats", "rose_by", 1, of=week, over="7d", **window("max", "3d"))
    assert holds("seats", "dropped_by_pct", 25, of=week, over="7d", **window("min", "3d"))
    assert not holds("seats", "dropped_by_pct", "25.0001", of=week, over="7d", **window("min", "3d"))
    assert not holds("seats", "rose_by", 0, of=week, over="5d", **window("max", "1d"))


def test_without_over_the_old_window_ends_before_the_last_change() -> None:
    week: Entries = [(5, 1), (4, 3), (3, 3), (2, 9), (1, 9), (0, 9)]
    assert holds("seats", "rose_by", 6, of=week, **window("avg", "2d"))
    assert not holds("seats", "rose_by", "6.0001", of=week, **window("avg", "2d"))
    assert not holds("seats", "rose_by", 0, of=[(5, 9), (1, 9)], **window("avg", "2d"))
    assert not holds("seats", "rose_by", 0, of=[(9, 1), (1, 9)], **window("avg", "2d"))


def test_a_windowed_percentage_is_of_an_old_value_above_zero() -> None:
    assert not holds("seats", "rose_by_pct", 0, of=[(9, -9), (8, 9), (0, 7)], over="8d", **window("sum", "2d"))
    assert holds("seats", "rose_by_pct", 600, of=[(9, -8), (8, 9), (0, 7)], over="8d", **window("sum", "2d"))


TURNING: list[tuple[dict[str, Json], Entries, float]] = [
    ({"op": "changed", "over": "30d"}, [(40, 1), (10, 2)], 20),
    ({"op": "changed", "over": "30d"}, [(40, 1), (10, 2), (5, 2)], 20),
    ({"op": "changed_from", "value": 1, "over": "30d"}, [(40, 1), (20, 2), (10, 3)], 10),
    ({"op": "changed_from", "value": 2, "over": "30d"}, [(40, 1), (20, 2), (10, 3)], 10),
    ({"op": "changed_to", "value": 3, "over": "30d"}, [(40, 1), (20, 2), (10, 3)], 20),
    ({"op": "rose_by", "value": 2, "over": "30d"}, [(40, 1), (20, 2), (10, 3)], 10),
    ({"op": "same_for", "value": "45d"}, [(60, 1), (40, 2), (10, 2)], 5),
    ({"op": ">", "value": 5, **window("avg", "7d")}, [(6, 9), (2, 3)], 1),
    ({"op": ">", "value": 2, **window("min", "7d")}, [(3, 9)], 4),
    ({"op": ">", "value": 5, **window("max", "7d")}, [(3, 4), (-2, 9)], 2),
    ({"op": "rose_by", "value": 1, "over": "30d", **window("max", "7d")}, [(35, 1), (5, 2)], 2),
    ({"op": "dropped_by", "value": 1, "over": "10d", **window("sum", "7d")}, [(15, 3), (9, 2), (6, 2)], 1),
    ({"op": "rose_by", "value": 1, **window("max", "7d")}, [(9, 1), (6, 2)], 1),
]
"""With the days from now to the first turn."""


@pytest.mark.parametrize(("document", "of", "days"), TURNING)
def test_the_first_turn_is_exact_to_the_second(document: dict[str, Json], of: Entries, days: float) -> None:
    found, known = asked({"field": "seats", **document}), past_facts("seats", of)
    turn = next_turn([found], known)
    assert turn == NOW + days * DAY
    met = compile_leaf(found)
    at = [Facts(known.values, known.histories, moment(when)) for when in (NOW, turn - SECOND / 1_000_000, turn)]
    assert met(at[0]) is met(at[1])
    assert met(at[1]) is not met(at[2])


@pytest.mark.parametrize(
    "document",
    [{"op": "changed"}, {"op": "changed_to", "value": 5}, {"op": "rose_by", "value": 1}, {"op": ">", "value": 4}],
)
def test_what_does_not_age_never_turns(document: dict[str, Json]) -> None:
    found = asked({"field": "seats", **document})
    assert not tells_time(found)
    assert not list(turning_points(found, past_facts("seats", [(9, 3), (5, 5)])))


@pytest.mark.parametrize("document", [document for document, _, _ in TURNING])
def test_without_a_value_or_a_history_nothing_turns(document: dict[str, Json]) -> None:
    found, known = asked({"field": "seats", **document}), past_facts("seats", [(9, 3), (5, 5)])
    assert tells_time(found)
    assert next_turn([found], Facts({}, known.histories, known.at)) is None
    assert next_turn([found], Facts(known.values, {}, known.at)) is None


def test_no_turn_is_told_beyond_the_calendars_end() -> None:
    late = History(((253_402_300_799, 5),))
    known = Facts({FieldName("seats"): 5}, {FieldName("seats"): late}, moment())
    assert next_turn([asked(leaf("seats", "same_for", "1m"))], known) is None
