"""Merging leads histories on: what records newly say is a change, what is only made of it otherwise is none."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate, groupby

from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import RecordUpdate
from shared.accounts.history import MAX_ENTRIES, Entry
from shared.accounts.identity import MANUAL, AccountId, FieldName, SourceName
from shared.accounts.merge import Merge, apply, revalued
from shared.accounts.standing import Cause
from shared.accounts.values import SCALE
from tests.support.builders import NOW, update, with_history

MRR, ARR, SEATS, PLAN = (FieldName(name) for name in ("mrr", "arr", "seats", "plan"))
KEPT = with_history("mrr", "arr", "seats", "plan")
NOTHING_KEPT = with_history()
AT = int(NOW.timestamp())


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def merged(*updates: RecordUpdate, catalogue: Catalogue = KEPT) -> Account:
    """A stored account after `updates`, a second each."""
    state = Account(id=AccountId("acme"), created_at=NOW)
    for second, step in enumerate(updates):
        state = replace(apply(state, step, catalogue, later(second)).account, version=second + 1)
    return state


def reread(step: RecordUpdate, revision: int = 1) -> RecordUpdate:
    """The same state of the record, under later rates or a later mapping."""
    return replace(step, version=replace(step.version, revision=revision))


def entries(account: Account, name: FieldName) -> list[Entry]:
    """With numbers and money in whole units, times from NOW on."""
    kept = account.histories[name].entries if name in account.histories else ()
    return [(at - AT, value // SCALE if isinstance(value, int) else value) for at, value in kept]


def test_a_change_comes_into_force_when_the_accounts_value_changed_here() -> None:
    state = merged(update(version=1, mrr=100), update(version=2, mrr=80))

    assert entries(state, MRR) == [(0, 100), (1, 80)]
    assert entries(state, ARR) == [(0, 1200), (1, 960)]


def test_late_and_repeated_deliveries_leave_no_entry() -> None:
    first, middle, last = update(version=1, mrr=100), update(version=2, mrr=200), update(version=3, mrr=100)

    assert entries(merged(first, last, middle, first, last), MRR) == [(0, 100)]


def test_a_value_that_never_became_the_accounts_leaves_no_entry() -> None:
    state = merged(update(f"{MANUAL}:acme", mrr=10), update(mrr=500), update(f"{MANUAL}:acme", 2, mrr=None))

    assert entries(state, MRR) == [(0, 10), (2, 500)]


def test_a_second_record_of_the_source_changes_the_sum() -> None:
    state = merged(update("recurly:a", mrr=100), update("recurly:b", mrr=50), update("recurly:b", 2, deleted=True))

    assert entries(state, MRR) == [(0, 100), (1, 150), (2, 100)]


def test_a_field_that_is_missing_for_a_while_has_not_changed() -> None:
    state = merged(update(version=1, mrr=100), update(version=2, mrr=None), update(version=3, mrr=100))

    assert entries(state, MRR) == [(0, 100)]
    assert entries(merged(update(mrr=100), update(version=2, deleted=True)), MRR) == [(0, 100)]


def test_a_newer_version_with_equal_values_leaves_the_histories_alone() -> None:
    state = merged(update(mrr=100))

    after = apply(state, update(version=2, mrr=100), KEPT, later(60))

    assert after.cause is Cause.NONE
    assert after.account.histories is state.histories


def test_nothing_is_kept_where_no_field_keeps_history() -> None:
    assert merged(update(mrr=100), update(version=2, mrr=80), catalogue=NOTHING_KEPT).histories == {}


def test_the_same_state_read_at_other_rates_is_no_change() -> None:
    state = merged(update(version=1, mrr=100), update(version=2, mrr=80), reread(update(version=2, mrr=40)))

    assert entries(state, MRR) == [(0, 50), (1, 40)]
    assert entries(state, ARR) == [(0, 600), (1, 480)]
    assert state.values[MRR] == 40 * SCALE


def test_a_newer_state_read_at_other_rates_is_a_change() -> None:
    state = merged(update(version=1, mrr=100), reread(update(version=2, mrr=80)))

    assert entries(state, MRR) == [(0, 100), (1, 80)]


def test_a_field_that_a_new_mapping_gives_begins_its_history_and_one_it_gives_otherwise_does_not_change() -> None:
    state = merged(update(plan="pro"), reread(update(plan="Pro plan", seats=3)))

    assert entries(state, PLAN) == [(0, "Pro plan")]
    assert entries(state, SEATS) == [(1, 3)]


def test_what_one_state_says_in_two_deliveries_is_news_in_both() -> None:
    state = merged(update("salesforce:s", seats=9), update(plan="pro"), update(seats=3))

    assert entries(state, SEATS) == [(0, 9), (2, 3)]


def test_a_yearly_value_that_a_source_gives_of_itself_is_judged_by_its_own_version() -> None:
    state = merged(update(version=1, mrr=100, arr=999), reread(update(version=1, mrr=50, arr=500)))
    assert entries(state, ARR) == [(0, 500)]

    own = merged(update(version=1, arr=999), update(version=2, mrr=100), reread(update(version=2, mrr=50, arr=500)))
    assert entries(own, ARR) == [(0, 999), (2, 500)]


def test_another_source_order_is_no_change_and_a_delivery_after_it_is_one() -> None:
    plans = update("recurly:a", plan="pro"), update("salesforce:s", plan="Enterprise")
    state = merged(*plans, update("recurly:a", 2, plan="max"))
    other = KEPT.with_field(replace(KEPT.field(PLAN), sources=(SourceName("salesforce"),)))

    walked = revalued(state, other, later(9), before=state)
    delivered = apply(state, update("salesforce:s", 2, plan="Free"), other, later(9))

    assert entries(walked.account, PLAN) == [(0, "pro"), (2, "Enterprise")]
    assert walked.cause is Cause.DATA
    assert entries(delivered.account, PLAN) == [(0, "pro"), (2, "Enterprise"), (9, "Free")]


def test_switched_on_the_first_change_is_not_lost() -> None:
    state = merged(update(mrr=100), catalogue=NOTHING_KEPT)

    after = apply(state, update(version=2, mrr=80), KEPT, later(9))

    assert entries(after.account, MRR) == [(9, 100), (9, 80)]


def test_a_history_that_begins_or_ends_wakes_who_reads_it_and_goes_on_quietly() -> None:
    off = merged(update(mrr=100), catalogue=NOTHING_KEPT)

    begun = apply(off, update(version=2, mrr=100), KEPT, later(9))
    on = apply(begun.account, update(version=3, mrr=100), KEPT, later(10))
    ended = apply(on.account, update(version=4, mrr=100), NOTHING_KEPT, later(11))

    assert [step.cause for step in (begun, on, ended)] == [Cause.DATA, Cause.NONE, Cause.DATA]
    assert entries(on.account, MRR) == [(9, 100)]
    assert ended.account.histories == {}


def test_taking_another_accounts_record_over_leads_the_histories_on() -> None:
    home, small = merged(update("recurly:a", mrr=100)), merged(update("recurly:b", mrr=50))
    taken = home
    for key, record in small.records.items():
        taken = taken.with_record(key, record)

    both: Merge = revalued(taken, KEPT, later(9), before=home)

    assert entries(both.account, MRR) == [(0, 100), (9, 150)]


STEPS = st.builds(
    lambda record, version, deleted, mrr: update(record, version, deleted=deleted, **({} if deleted else {"mrr": mrr})),
    st.sampled_from(["recurly:a", "recurly:b", "generic:x"]),
    st.integers(1, 60),
    st.sampled_from([False] * 9 + [True]),
    st.one_of(st.none(), st.integers(0, 5)),
)


def said(updates: list[RecordUpdate]) -> int | None:
    """The account's MRR by an independent rule: Recurly's records sum; only without any does the other count."""
    by_record: dict[str, int] = {}
    for record in {str(step.key) for step in updates}:
        own = [step for step in updates if str(step.key) == record]
        gone = max((step.version.at for step in own if step.deleted), default=0)
        newest = max((step for step in own if not step.deleted), key=lambda step: step.version.at, default=None)
        value = newest.values[MRR] if newest and newest.version.at > gone else None
        if isinstance(value, int):
            by_record[record] = value
    billed = [value for record, value in by_record.items() if record.startswith("recurly")]
    return sum(billed) if billed else by_record.get("generic:x")


@given(st.lists(STEPS, max_size=70, unique_by=lambda step: (step.key, step.version)))
def test_a_history_is_the_fold_of_what_was_in_force_after_each_arrival(updates: list[RecordUpdate]) -> None:
    """Unlike values, histories tell in which order deliveries arrived."""
    seen = accumulate(([step] for step in updates), lambda earlier, step: [*earlier, *step])
    in_force = [(AT + second, value) for second, value in enumerate(map(said, seen)) if value is not None]
    expected = [next(group) for _, group in groupby(in_force, key=lambda entry: entry[1])]

    state = merged(*updates)

    kept = state.histories[MRR].entries if MRR in state.histories else ()
    assert kept == tuple(expected[-MAX_ENTRIES:])
    assert MRR not in state.values or kept[-1][1] == state.values[MRR]
    assert not kept or state.histories[MRR].cut == (len(expected) > MAX_ENTRIES)
