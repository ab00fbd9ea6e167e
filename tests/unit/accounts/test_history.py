"""A field's history: what is an entry, what is not, and how it stays small."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.encoding import decoded, encoded
from shared.accounts.history import MAX_BYTES, MAX_ENTRIES, Entry, Histories, History, last_known, recorded
from shared.accounts.identity import AccountId, FieldName
from shared.accounts.kept import Kept
from shared.accounts.values import FieldType, Value
from tests.support.builders import NOW, account, with_history

MRR, SEATS, PLAN = FieldName("mrr"), FieldName("seats"), FieldName("plan")
KEPT = with_history("mrr", "seats", "plan")
AT = int(NOW.timestamp())


def after(*steps: tuple[datetime, dict[FieldName, Value]], catalogue: Catalogue = KEPT) -> Histories:
    histories: Histories = {}
    for now, values in steps:
        histories = recorded(histories, values, catalogue, now)
    return histories


def history(*entries: Entry, cut: bool = False) -> History:
    return History(entries, cut=cut)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_value_is_kept_with_the_second_in_which_it_came_into_force() -> None:
    assert after((later(0.9), {MRR: 5}), (later(61.5), {MRR: 7})) == {MRR: history((AT, 5), (AT + 61, 7))}


def test_a_missing_value_is_no_entry_and_its_return_is_no_change() -> None:
    assert after((NOW, {MRR: 5}), (later(1), {}), (later(2), {MRR: 5})) == {MRR: history((AT, 5))}
    assert after((NOW, {})) == {}


def test_the_last_entry_of_a_missing_field_is_what_it_was_last() -> None:
    histories = after((NOW, {MRR: 5, SEATS: 1}), (later(1), {SEATS: 2}))

    assert (last_known(histories, MRR), last_known(histories, SEATS), last_known(histories, PLAN)) == (5, 2, None)


def test_what_says_nothing_new_gives_back_the_same_object() -> None:
    histories = after((NOW, {MRR: 5}))

    assert recorded(histories, {MRR: 5}, KEPT, later(1)) is histories
    assert recorded(histories, {}, KEPT, later(1)) is histories


def test_fields_whose_setting_keeps_no_history_have_none() -> None:
    assert after((NOW, {MRR: 5, SEATS: 1}), catalogue=with_history("seats")) == {SEATS: history((AT, 1))}


def test_switched_on_a_history_begins_with_the_present_value_and_switched_off_it_is_dropped() -> None:
    off, on = with_history("seats"), KEPT
    begun = recorded(after((NOW, {MRR: 5, SEATS: 1}), catalogue=off), {MRR: 5, SEATS: 1}, on, later(60))

    assert begun == {MRR: history((AT + 60, 5)), SEATS: history((AT, 1))}
    assert recorded(begun, {MRR: 5, SEATS: 1}, off, later(61)) == {SEATS: history((AT, 1))}


def test_of_the_last_value_alone_nothing_before_it_is_kept() -> None:
    last = with_history("mrr", kept=Kept.LAST)

    assert after((NOW, {MRR: 5}), (later(1), {MRR: 7}), (later(2), {}), catalogue=last) == {MRR: history((AT + 1, 7))}


def test_less_is_kept_from_the_next_write_on() -> None:
    full = after((NOW, {MRR: 5}), (later(1), {MRR: 7}), catalogue=with_history("mrr", kept=Kept.DAILY))

    changes = recorded(full, {}, with_history("mrr"), later(2))
    last = recorded(changes, {}, with_history("mrr", kept=Kept.LAST), later(3))

    assert (changes, last) == ({MRR: history((AT, 5), (AT + 1, 7))}, {MRR: history((AT + 1, 7))})
    assert recorded(last, {}, with_history(), later(4)) == {}


def test_a_history_of_another_types_values_begins_anew() -> None:
    assert after((NOW, {PLAN: "7"}), (later(1), {PLAN: 70_000})) == {PLAN: history((AT + 1, 70_000))}
    assert after((NOW, {PLAN: 1}), (NOW, {PLAN: True}))[PLAN].entries[0][1] is True


def test_a_clock_that_is_behind_gives_no_time_before_the_entry_that_it_follows() -> None:
    assert after((NOW, {MRR: 5}), (later(-600), {MRR: 7})) == {MRR: history((AT, 5), (AT, 7))}


def test_the_oldest_of_more_than_forty_go_first_and_that_they_did_is_known() -> None:
    steps: list[tuple[datetime, dict[FieldName, Value]]] = [
        (later(number), {MRR: number}) for number in range(MAX_ENTRIES + 1)
    ]

    full, over = after(*steps[:-1])[MRR], after(*steps)[MRR]

    assert (len(full.entries), full.entries[0], full.cut) == (MAX_ENTRIES, (AT, 0), False)
    assert (len(over.entries), over.entries[0], over.cut) == (MAX_ENTRIES, (AT + 1, 1), True)


def test_that_older_entries_went_is_known_for_good() -> None:
    cut = history((AT, 5), cut=True)

    assert cut.then(7, AT + 1).cut
    assert cut.restated(7, FieldType.MONEY).cut


def test_restating_moves_no_time_and_adds_no_entry() -> None:
    known = after((NOW, {PLAN: "pro"}), (later(1), {PLAN: "max"}))

    assert recorded(known, {PLAN: "big"}, KEPT, later(2), restated={PLAN}) == {
        PLAN: history((AT, "pro"), (AT + 1, "big"))
    }
    assert recorded({}, {PLAN: "pro"}, KEPT, later(2), restated={PLAN}) == {PLAN: history((AT + 2, "pro"))}


def test_money_at_other_rates_fell_by_the_same_percentage() -> None:
    known = after((NOW, {MRR: 10_000_000}), (later(1), {MRR: 8_000_000}))

    restated = recorded(known, {MRR: 7_371_300}, KEPT, later(2), restated={MRR})

    assert restated == {MRR: history((AT, 9_214_125), (AT + 1, 7_371_300))}


@pytest.mark.parametrize(("last", "value"), [(0, 5), (5, 0), (-5, 5), (5, -5)])
def test_money_that_was_or_becomes_nothing_has_no_proportion(last: int, value: int) -> None:
    assert history((AT, 3), (AT, last)).restated(value, FieldType.MONEY) == history((AT, 3), (AT, value))


def test_numbers_are_restated_without_proportion() -> None:
    assert history((AT, 3), (AT, 5)).restated(10, FieldType.NUMBER) == history((AT, 3), (AT, 10))


@given(st.lists(st.integers(-(10**9), 10**9), max_size=5), st.integers(1, 10**9), st.integers(1, 10**9))
def test_restated_money_keeps_its_proportions_to_half_a_ten_thousandth(old: list[int], last: int, value: int) -> None:
    restated = history(*((AT, amount) for amount in old), (AT, last)).restated(value, FieldType.MONEY)

    *new, present = [amount for _, amount in restated.entries if isinstance(amount, int)]
    assert present == value
    assert all(abs(later * last - earlier * value) * 2 <= last for earlier, later in zip(old, new, strict=True))


def test_long_texts_do_not_fill_the_row_and_the_present_values_stay() -> None:
    histories: Histories = {}
    for number in range(MAX_ENTRIES):
        values: dict[FieldName, Value] = {PLAN: f"{number}" * 300, MRR: number}
        histories = recorded(histories, values, KEPT, later(number))

    assert _size(histories) <= MAX_BYTES < _size(histories) + 1_200
    assert histories[PLAN].cut
    assert (last_known(histories, PLAN), last_known(histories, MRR)) == ("39" * 300, 39)
    assert histories[PLAN].entries[0][0] - histories[MRR].entries[0][0] in (0, 1)


def test_present_values_stay_even_where_they_alone_are_too_much() -> None:
    names = [f"text_{number}" for number in range(20)]
    catalogue = with_history(*names)
    values: dict[FieldName, Value] = {FieldName(name): "Ä" * 1_000 for name in names}

    histories = recorded(
        recorded({}, values, catalogue, NOW), {**values, FieldName("text_0"): "ä"}, catalogue, later(1)
    )

    assert {name: len(kept.entries) for name, kept in histories.items()} == dict.fromkeys(names, 1)
    assert [name for name, kept in histories.items() if kept.cut] == ["text_0"]


FEW = st.dictionaries(st.sampled_from([MRR, SEATS]), st.integers(0, 3), max_size=2)
"""So few values that many steps repeat one."""


@given(st.lists(st.tuples(st.integers(-5, 100), FEW), max_size=90))
def test_histories_are_what_an_independent_fold_gives(steps: list[tuple[int, dict[FieldName, Value]]]) -> None:
    """Order matters by nature: each step is what was in force then."""
    clock = accumulate(seconds for seconds, _ in steps)
    moments = [(later(at), values) for at, (_, values) in zip(clock, steps, strict=True)]

    histories = after(*moments)

    for name in (MRR, SEATS):
        known = [(int(now.timestamp()), values[name]) for now, values in moments if name in values]
        changes = [entry for before, entry in pairwise([(0, -1), *known]) if before[1] != entry[1]]
        times = accumulate((at for at, _ in changes), max)
        expected = list(zip(times, (value for _, value in changes), strict=True))
        assert (histories[name].entries if name in histories else ()) == tuple(expected[-MAX_ENTRIES:])
        assert name not in histories or histories[name].cut == (len(expected) > MAX_ENTRIES)


def _size(histories: Histories) -> int:
    return len(str(encoded(replace(account(), histories=histories))["past"]).encode())


def test_histories_of_a_row_are_those_that_it_was_made_of() -> None:
    began = int(NOW.timestamp())
    before = Account(
        AccountId("acme"),
        NOW,
        values={FieldName("mrr"): 7, FieldName("products"): ("a",)},
        histories={
            FieldName("mrr"): History(((began, 5), (began + 9, 7))),
            FieldName("products"): History(((began, ("a",)),)),
            FieldName("plan"): History(((began, "pro"),), cut=True),
        },
    )
    found = decoded(encoded(before)).histories
    assert found == before.histories
    assert before.histories == found
    assert repr(found) == repr(before.histories)
    assert (len(found), list(found)) == (3, list(before.histories))
    assert found.get(FieldName("seats")) is None
    assert found[FieldName("mrr")] is found[FieldName("mrr")]
