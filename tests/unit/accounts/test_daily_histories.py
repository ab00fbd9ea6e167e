"""A field kept by day: besides its changes, one value for each UTC day on which the account was written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import RecordUpdate
from shared.accounts.days import MAX_DAYS, Days, Run
from shared.accounts.encoding import encoded
from shared.accounts.history import MAX_BYTES, MAX_ENTRIES, Histories, History, recorded
from shared.accounts.identity import AccountId, FieldName
from shared.accounts.kept import Kept
from shared.accounts.merge import apply
from shared.accounts.standing import Cause
from shared.accounts.values import SCALE, FieldType
from tests.support.builders import NOW, account, update, with_history

MRR, SEATS = FieldName("mrr"), FieldName("seats")
BY_DAY = with_history("mrr", "seats", kept=Kept.DAILY)
READ_BY_DAY = replace(BY_DAY, needs={MRR: Kept.DAILY})
TODAY = NOW.date().toordinal()
MIDNIGHT = int(NOW.replace(hour=0).timestamp())
DAY = 86_400


def on(day: int, hours: int = 0) -> datetime:
    return NOW + timedelta(days=day, hours=hours)


def after(*steps: tuple[datetime, int | None], catalogue: Catalogue = BY_DAY) -> History:
    histories: Histories = {}
    for now, value in steps:
        histories = recorded(histories, {} if value is None else {MRR: value}, catalogue, now)
    return histories[MRR]


def each(history: History) -> list[tuple[int, int]]:
    """Days from today on, with their values."""
    return [(day - TODAY, run.value) for run in history.days.runs for day in range(run.first, run.last + 1)]


def test_a_day_has_its_last_value_and_the_next_day_the_same_again() -> None:
    found = after((on(0), 5), (on(0, 1), 7), (on(1), 7), (on(2), 7), (on(2, 1), 9))

    assert each(found) == [(0, 7), (1, 7), (2, 9)]
    assert [value for _, value in found.entries] == [5, 7, 9]


def test_a_day_is_one_of_utc() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)

    assert each(after((midnight - timedelta(seconds=1), 5), (midnight, 7))) == [(0, 5), (1, 7)]


def test_a_day_without_a_write_or_a_value_has_no_entry() -> None:
    assert each(after((on(0), 5), (on(1), None), (on(4), 5))) == [(0, 5), (4, 5)]


def test_a_clock_that_is_behind_midnight_writes_the_newest_day() -> None:
    assert each(after((on(0), 5), (on(-1), 7), (on(1), 7))) == [(0, 7), (1, 7)]


def test_four_hundred_days_are_kept_up_to_the_newest() -> None:
    full = after(*((on(day), day) for day in range(MAX_DAYS)))
    over = recorded({MRR: full}, {MRR: 1}, BY_DAY, on(MAX_DAYS + 1))[MRR]

    assert [day for day, _ in each(full)] == [*range(MAX_DAYS)]
    assert [day for day, _ in each(over)] == [*range(2, MAX_DAYS), MAX_DAYS + 1]
    assert each(after((on(0), 5), (on(1), 5), (on(MAX_DAYS), 5))) == [(1, 5), (MAX_DAYS, 5)]


def test_kept_by_day_from_now_on_it_begins_with_the_days_of_its_changes() -> None:
    changes = after((on(0), 5), (on(3), 7), catalogue=with_history("mrr"))
    assert each(changes) == []

    found = recorded({MRR: changes}, {MRR: 7}, BY_DAY, on(6))[MRR]

    assert each(found) == [(0, 5), (3, 7), (6, 7)]


def test_money_at_other_rates_has_the_same_proportions_on_each_day() -> None:
    known = {MRR: after((on(0), 100), (on(1), 80), (on(2), 80))}

    restated = recorded(known, {MRR: 40}, BY_DAY, on(3), restated={MRR})[MRR]

    assert each(restated) == [(0, 50), (1, 40), (2, 40), (3, 40)]


def test_a_number_seen_otherwise_is_so_on_the_days_since_it_last_changed() -> None:
    known = after((on(0), 10), (on(1), 8), (on(2), 8))

    assert each(known.restated(9, FieldType.NUMBER)) == [(0, 10), (1, 9), (2, 9)]


def merged(*steps: tuple[RecordUpdate, datetime], catalogue: Catalogue) -> tuple[Account, list[Cause | None]]:
    state = Account(id=AccountId("acme"), created_at=NOW)
    causes: list[Cause | None] = []
    for version, (step, now) in enumerate(steps, start=1):
        merge = apply(state, step, catalogue, now)
        state, causes = replace(merge.account, version=version), [*causes, merge.cause]
    return state, causes


@pytest.mark.parametrize(("catalogue", "cause"), [(BY_DAY, Cause.NONE), (READ_BY_DAY, Cause.DATA)])
def test_another_day_wakes_only_who_reads_days(catalogue: Catalogue, cause: Cause) -> None:
    steps = [(update(version=version, mrr=5), on(0, hours)) for version, hours in ((1, 0), (2, 1), (3, 24), (4, 25))]

    state, causes = merged(*steps, catalogue=catalogue)

    assert causes == [Cause.DATA, Cause.NONE, cause, Cause.NONE]
    assert each(state.histories[MRR]) == [(0, 5 * SCALE), (1, 5 * SCALE)]


def test_what_is_not_newer_adds_no_day() -> None:
    state, causes = merged((update(mrr=5), on(0)), (update(mrr=5), on(1)), catalogue=READ_BY_DAY)

    assert causes == [Cause.DATA, None]
    assert each(state.histories[MRR]) == [(0, 5 * SCALE)]


def size(histories: Histories) -> int:
    return len(str(encoded(replace(account(), histories=histories))["past"]))


def test_four_hundred_days_of_three_fields_that_change_every_day_fit() -> None:
    """1,000.00 to 1,399.00, each day another: nine bytes a day."""
    names = [FieldName(name) for name in ("mrr", "seats", "health_score")]
    catalogue = with_history(*names, kept=Kept.DAILY)
    histories: Histories = {}
    for day in range(MAX_DAYS):
        value = (1_000 + day * 7 % MAX_DAYS) * SCALE
        histories = recorded(histories, dict.fromkeys(names, value), catalogue, on(day))

    assert {len(history.days.known) for history in histories.values()} == {MAX_DAYS}
    assert {len(history.entries) for history in histories.values()} == {MAX_ENTRIES}
    assert size({MRR: histories[MRR]}) == 4_249
    assert size(histories) <= MAX_BYTES


def test_four_hundred_days_of_the_same_value_are_one_run() -> None:
    found = after(*((on(day), 12_005_000) for day in range(MAX_DAYS)))

    assert found.days == Days((Run(TODAY, MAX_DAYS, 12_005_000),))
    assert size({MRR: found}) < 100


def test_where_days_alone_are_too_much_the_oldest_go_and_the_last_stays() -> None:
    names = [FieldName(name) for name in ("mrr", "acv", "arr", "seats", "health_score", "nps")]
    catalogue = with_history(*names, kept=Kept.DAILY)
    histories: Histories = {}
    for day in range(MAX_DAYS):
        values = dict.fromkeys(names, (-1) ** day * (10**15 + day))
        histories = recorded(histories, values, catalogue, on(day))

    firsts = {history.days.runs[0].first - TODAY for history in histories.values()}
    assert size(histories) <= MAX_BYTES
    assert max(firsts) - min(firsts) <= 1
    assert {each(history)[-1] for history in histories.values()} == {(MAX_DAYS - 1, -(10**15) - MAX_DAYS + 1)}


STEPS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([None, 0, 0, 1, 2, -3])), max_size=80)


@given(STEPS)
def test_days_are_what_an_independent_fold_gives(steps: list[tuple[int, int | None]]) -> None:
    histories: Histories = {}
    expected: dict[int, int] = {}
    hours = known = 0
    for waited, value in steps:
        hours += waited
        histories = recorded(histories, {} if value is None else {MRR: value}, BY_DAY, on(0, hours))
        if value is not None:
            expected[(7 + hours) // 24] = known = value

    if not histories:
        assert expected == {}
        return
    newest = max(expected)
    assert each(histories[MRR]) == sorted((day, v) for day, v in expected.items() if day > newest - MAX_DAYS)
    assert histories[MRR].last_known == known


@given(STEPS)
def test_changes_are_kept_by_day_or_not(steps: list[tuple[int, int | None]]) -> None:
    """What change operators read does not hang on whether a window is read beside."""
    moments, hours = [], 0
    for waited, value in [(0, 5), *steps]:
        hours += waited
        moments.append((on(0, hours), value))

    assert after(*moments).entries == after(*moments, catalogue=with_history("mrr")).entries


UPDATES = st.lists(
    st.builds(
        lambda record, version, mrr: update(record, version, mrr=mrr),
        st.sampled_from(["recurly:a", "recurly:b", "generic:x"]),
        st.integers(1, 60),
        st.one_of(st.none(), st.integers(0, 5)),
    ),
    max_size=60,
    unique_by=lambda step: (step.key, step.version),
)


@given(UPDATES, st.randoms(use_true_random=False))
def test_in_any_order_of_arrival_values_are_the_same_and_histories_within_bounds(
    updates: list[RecordUpdate], random: Random
) -> None:
    shuffled = random.sample(updates, len(updates))

    one, _ = merged(*((step, on(0, 5 * index)) for index, step in enumerate(updates)), catalogue=BY_DAY)
    other, _ = merged(*((step, on(0, 5 * index)) for index, step in enumerate(shuffled)), catalogue=BY_DAY)

    assert one.values == other.values
    for found in (one, other):
        for name, history in found.histories.items():
            days = list(history.days.known)
            assert days == sorted(set(days))
            assert len(history.entries) <= MAX_ENTRIES
            assert found.values.get(name, history.last_known) == history.last_known
            assert each(history)[-1][1] == history.last_known
