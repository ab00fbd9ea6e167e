"""Records merge into their account by version, whatever the order in which they arrive."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import ScoreTerm
from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import MANUAL, AccountId, FieldName, RecordKey, SourceName
from shared.accounts.merge import apply, resolve, source_of
from shared.accounts.standing import Cause
from shared.accounts.version import Version, VersionKindChanged
from tests.support.builders import CATALOGUE, NOW, account, update

MRR = FieldName("mrr")
SEATS = FieldName("seats")
PLAN = FieldName("plan")
NEW = Account(id=AccountId("acme"), created_at=NOW)


def merged(*updates: RecordUpdate) -> Account:
    state = NEW
    for step in updates:
        state = apply(state, step, CATALOGUE, NOW).account
    return state


def test_a_new_account_is_written_for_data() -> None:
    assert apply(NEW, update(mrr="100.00"), CATALOGUE, NOW).cause is Cause.DATA


def test_what_a_record_says_of_a_score_does_not_count() -> None:
    scored = replace(CATALOGUE.fields[SEATS], score=(ScoreTerm({"always": True}, 1),))

    assert resolve(account(seats=5, mrr="1.00").records, CATALOGUE.with_field(scored)).keys() == {MRR, "arr"}


def test_an_update_that_is_not_newer_writes_nothing() -> None:
    before = account(mrr="100.00")

    assert apply(before, update(version=1, mrr="999.00"), CATALOGUE, NOW).cause is None
    assert apply(before, update(version=0, mrr="999.00"), CATALOGUE, NOW).account is before


def test_a_newer_version_with_equal_values_wakes_nobody() -> None:
    before = account(mrr="100.00")

    after = apply(before, update(version=2, mrr="100.00"), CATALOGUE, NOW)

    assert after.cause is Cause.NONE
    assert after.account.values == before.values


def test_a_late_middle_version_does_not_win() -> None:
    first, last, middle = update(version=1, mrr=100), update(version=3, mrr=100), update(version=2, mrr=200)

    assert merged(first, last, middle).values[MRR] == 1_000_000


def test_a_partial_update_leaves_other_fields_and_a_late_older_one_still_fills_them() -> None:
    assert merged(update(version=2, seats=5), update(version=1, mrr=100, seats=9)).values == {
        MRR: 1_000_000,
        SEATS: 50_000,
        FieldName("arr"): 12_000_000,
    }


def test_null_clears_a_value_and_an_older_one_does_not_fill_it_again() -> None:
    assert MRR not in merged(update(version=2, mrr=None), update(version=1, mrr=100)).values


def test_a_deleted_record_gives_nothing_and_older_words_do_not_revive_it() -> None:
    gone = merged(update(version=1, mrr=100), update(version=3, deleted=True), update(version=2, mrr=200))

    assert gone.values == {}
    assert gone.archived


def test_a_value_set_by_hand_does_not_keep_an_account_alive_whose_records_are_gone() -> None:
    gone = merged(update(mrr=100), update(f"{MANUAL}:acme", seats=3), update(version=2, deleted=True))

    assert gone.archived
    assert gone.name == "acme-1"


def test_a_newer_update_revives_a_deleted_record() -> None:
    back = merged(update(version=1, mrr=100), update(version=3, deleted=True), update(version=4, mrr=300))

    assert back.values[MRR] == 3_000_000
    assert not back.archived


def test_deletion_wakes_the_readers_even_where_no_value_changes() -> None:
    before = account(plan="pro")
    nothing = apply(before, update(version=2, plan=None), CATALOGUE, NOW).account

    assert apply(nothing, update(version=3, deleted=True), CATALOGUE, NOW).cause is Cause.DATA


def test_records_of_one_source_sum() -> None:
    both = merged(update("recurly:a", mrr="0.10"), update("recurly:b", mrr="0.20"))

    assert both.values[MRR] == 3_000
    assert [str(record) for record in resolve(both.records, CATALOGUE)[MRR].given.records] == ["recurly:a", "recurly:b"]


def test_the_first_source_in_order_that_has_a_value_gives_it_and_the_others_are_kept() -> None:
    state = merged(update("generic:x", mrr=5), update("recurly:a", mrr=7), update("zuora:q", mrr=9))

    found = resolve(state.records, CATALOGUE)[MRR]

    assert (found.given.source, found.given.value) == (SourceName("recurly"), 70_000)
    assert [other.source for other in found.others] == ["generic", "zuora"]


def test_a_manual_value_is_not_overwritten_by_a_sync() -> None:
    by_hand = account("acme", update(f"{MANUAL}:acme", mrr="10.00"), update(version=1, mrr=500))

    after = apply(by_hand, update(version=2, mrr=900), CATALOGUE, NOW)

    assert after.account.values[MRR] == 100_000
    assert after.cause is Cause.NONE


def test_clearing_the_manual_value_lets_the_source_speak_again() -> None:
    state = merged(update(f"{MANUAL}:acme", 1, mrr="10.00"), update(mrr=500), update(f"{MANUAL}:acme", 2, mrr=None))

    assert state.values[MRR] == 5_000_000


def test_versions_of_different_records_are_never_weighed_for_acceptance() -> None:
    assert merged(update("recurly:a", 900, mrr=1), update("recurly:b", 2, mrr=1)).values[MRR] == 20_000


def test_latest_takes_the_greatest_version_whatever_arrived_last() -> None:
    older, newer = update("recurly:a", 1, plan="free"), update("recurly:b", 2, plan="pro")

    assert merged(older, newer).values[PLAN] == merged(newer, older).values[PLAN] == "pro"


def test_arr_is_twelve_times_mrr_where_no_source_gives_it() -> None:
    assert merged(update(mrr=100)).values[FieldName("arr")] == 12_000_000
    assert merged(update(mrr=100, arr=7)).values[FieldName("arr")] == 70_000


def test_a_version_that_changes_kind_is_refused() -> None:
    with pytest.raises(VersionKindChanged, match="were a number, this one is a time"):
        apply(account(mrr=1), replace(update(), version=Version.of_time(NOW)), CATALOGUE, NOW)


def test_a_value_that_no_longer_fits_its_fields_type_does_not_count() -> None:
    state = merged(update(plan="pro"))
    wrong = replace(state.records[update().key], values={MRR: "not a number", PLAN: "pro"})

    assert MRR not in resolve({update().key: wrong}, CATALOGUE)


UPDATES = st.builds(
    lambda record, version, deleted, given: update(record, version, deleted=deleted, **({} if deleted else given)),
    st.sampled_from(["recurly:a", "recurly:b", "generic:x", "manual:acme"]),
    st.integers(1, 6),
    st.sampled_from([False, False, False, True]),
    st.dictionaries(st.sampled_from(["mrr", "seats"]), st.one_of(st.none(), st.integers(0, 3)), max_size=2),
)


def consistent(steps: list[RecordUpdate]) -> list[RecordUpdate]:
    """One content a version of a record: a source does not say two things in one version."""
    seen: dict[tuple[RecordKey, Version], RecordUpdate] = {}
    for step in steps:
        seen.setdefault((step.key, step.version), step)
    return list(seen.values())


@given(st.lists(UPDATES, max_size=5).map(consistent), st.randoms(use_true_random=False))
def test_every_order_of_arrival_with_repeats_ends_in_the_same_state(
    steps: list[RecordUpdate], rng: random.Random
) -> None:
    expected = merged(*steps)
    shuffled = [*steps, *steps]
    rng.shuffle(shuffled)

    other = merged(*shuffled)

    assert other.values == expected.values
    assert {record: (c.version, c.values, c.older, c.archived) for record, c in other.records.items()} == {
        record: (c.version, c.values, c.older, c.archived) for record, c in expected.records.items()
    }


@given(st.lists(UPDATES, max_size=6).map(consistent))
def test_the_state_is_what_an_independent_fold_gives(steps: list[RecordUpdate]) -> None:
    """Each record and field: the value with the highest version above the record's last deletion."""
    expected = {}
    for record in {step.key for step in steps}:
        of_record = [step for step in steps if step.key == record]
        deleted = max((step.version.at for step in of_record if step.deleted), default=-1)
        for name in (MRR, SEATS):
            said = [
                (step.version.at, step.values[name])
                for step in of_record
                if name in step.values and step.version.at > deleted
            ]
            if said and (value := max(said)[1]) is not None:
                expected[record, name] = value

    state = merged(*steps)

    found = {
        (record, name): value
        for (record, contribution), name in itertools.product(state.records.items(), (MRR, SEATS))
        if (value := contribution.values.get(name)) is not None
    }
    assert found == expected


@given(st.lists(UPDATES, max_size=6).map(consistent))
def test_an_account_has_the_values_that_its_records_resolve_to_each_from_its_source(steps: list[RecordUpdate]) -> None:
    state = merged(*steps)

    found = resolve(state.records, CATALOGUE)

    assert state.values == {name: resolved.given.value for name, resolved in found.items()}
    assert {name: source_of(name, state.records, CATALOGUE) for name in CATALOGUE.fields} == {
        name: found[name].given.source if name in found else None for name in CATALOGUE.fields
    }


def test_received_at_moves_only_with_a_value() -> None:
    before = account(mrr=100)
    later = NOW + timedelta(hours=1)

    same = apply(before, update(version=2, mrr=100), CATALOGUE, later).account
    other = apply(before, update(version=2, mrr=101), CATALOGUE, later).account

    assert same.records[update().key].received_at == before.records[update().key].received_at
    assert other.records[update().key].received_at == later
