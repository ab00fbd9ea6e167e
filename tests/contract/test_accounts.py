"""What every store of accounts holds to."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.accounts.history import History
from shared.accounts.identity import AccountId, FieldName
from shared.accounts.standing import Cause, Override
from shared.accounts.store import AccountChange, AccountMoved, AccountTooLarge
from tests.contract.builders import (
    ACME,
    NOW,
    TIER_1,
    TIER_2,
    account,
    audit_entry,
    change,
    contribution,
    link,
    moved,
    record,
    stored,
    tier_change,
)
from tests.contract.conftest import Accounts


def test_gives_back_what_was_stored_with_the_next_version(accounts: Accounts) -> None:
    new = account(values={"name": "Größe 💶", "mrr": 12_005_000, "strategic": True, "products": ("a", "b"), "plan": ""})
    new = replace(
        new,
        override=Override(TIER_1, "strategic", "cs-ops", NOW, NOW + timedelta(days=1, microseconds=1)),
        edits=3,
        due_at=NOW + timedelta(microseconds=7),
        histories={
            FieldName("mrr"): History(((1_763_800_000, 9_005_000), (1_763_800_000, 12_005_000)), cut=True),
            FieldName("products"): History(((1_763_800_001, ("a",)), (1_763_900_000, ("a", "b")))),
            FieldName("strategic"): History(((1_763_800_001, True),)),
        },
    )

    written = stored(accounts, new)

    assert written == replace(new, version=1)
    assert accounts.get(ACME) == written
    assert accounts.get_many([ACME]) == {ACME: written}


def test_an_account_that_does_not_exist_is_none(accounts: Accounts) -> None:
    assert accounts.get(ACME) is None
    assert accounts.get_many([ACME]) == {}


@pytest.mark.parametrize("hostile", ["", "x" * 3_000, "\ud800", "\x00"])
def test_a_key_that_can_not_exist_is_not_found(accounts: Accounts, hostile: str) -> None:
    assert accounts.get(AccountId(hostile)) is None
    assert accounts.get_many([AccountId(hostile), ACME]) == {}
    assert list(accounts.history(AccountId(hostile))) == []


def test_reads_more_accounts_at_once_than_one_call_takes(accounts: Accounts) -> None:
    ids = [stored(accounts, account(f"a{number}")).id for number in range(105)]

    assert set(accounts.get_many([*ids, *ids[:3], AccountId("nobody")])) == set(ids)


def test_the_second_of_two_writers_is_told_that_the_account_moved(accounts: Accounts) -> None:
    read = stored(accounts, account())
    stored(accounts, replace(read, edits=1))

    with pytest.raises(AccountMoved):
        stored(accounts, replace(read, edits=2))

    assert accounts.get(ACME) == replace(read, edits=1, version=2)


def test_an_account_is_created_once(accounts: Accounts) -> None:
    stored(accounts, account())

    with pytest.raises(AccountMoved):
        accounts.commit(change(account(), links=(link(),)))

    assert accounts.links([record()]) == {}


def test_an_account_that_does_not_exist_is_not_written_over(accounts: Accounts) -> None:
    with pytest.raises(AccountMoved):
        stored(accounts, replace(account(), version=1))


def test_links_are_claimed_with_the_account(accounts: Accounts) -> None:
    other = record("acme-1", "recurly")
    accounts.commit(change(account(), links=(link(), link(key=other, stated=True))))

    found = accounts.links([record(), record(), other, record("nobody"), record("x" * 3_000)])

    assert found == {record(): link(), other: link(key=other, stated=True)}


def test_what_has_stood_for_long_is_read_without_consistency_too(accounts: Accounts) -> None:
    created = accounts.commit(change(account(), links=(link(),)))

    assert accounts.links([record(), record("nobody")], consistent=False) == {record(): link()}
    assert accounts.get_many([ACME, AccountId("nobody")], consistent=False) == {ACME: created}


def test_an_account_may_claim_its_own_link_again(accounts: Accounts) -> None:
    created = accounts.commit(change(account(), links=(link(),)))

    accounts.commit(change(created, links=(link(stated=True),)))

    assert accounts.links([record()]) == {record(): link(stated=True)}


def test_a_link_of_another_account_is_not_taken_and_nothing_is_written(accounts: Accounts) -> None:
    accounts.commit(change(account(), links=(link(),)))
    other = account("other")

    with pytest.raises(AccountMoved):
        accounts.commit(change(other, links=(link(other),)))

    assert accounts.get(other.id) is None
    assert accounts.links([record()]) == {record(): link()}


def test_absorbing_takes_the_links_and_closes_the_account(accounts: Accounts) -> None:
    small = replace(account("small", tier=TIER_2, due_at=NOW), histories={FieldName("mrr"): History(((1, 5),))})
    absorbed = accounts.commit(change(small, links=(link(AccountId("small")),)))
    kept = stored(accounts, account())

    accounts.commit(change(kept, links=(link(stated=True),), absorbed=absorbed))

    assert accounts.links([record()]) == {record(): link(stated=True)}
    closed = accounts.get(absorbed.id)
    assert closed is not None
    assert closed.archived
    assert closed == replace(absorbed, version=2, records={}, values={}, histories={}, due_at=None, merged_into=ACME)


def test_an_absorbed_account_that_moved_stops_it_all(accounts: Accounts) -> None:
    absorbed = accounts.commit(change(account("small"), links=(link(AccountId("small")),)))
    stored(accounts, replace(absorbed, edits=1))
    kept = stored(accounts, account())

    with pytest.raises(AccountMoved):
        accounts.commit(change(kept, links=(link(),), absorbed=absorbed))

    assert accounts.get(ACME) == kept
    assert accounts.links([record()]) == {record(): link(AccountId("small"))}


def test_history_is_gapless_and_in_order(accounts: Accounts) -> None:
    current = account()
    for tier in (TIER_1, TIER_2, None, TIER_1):
        current = moved(current, tier)
        row = replace(tier_change(current), before=None)
        current = accounts.commit(AccountChange(current, Cause.TIER, history=row))

    versions = [row.version for row in accounts.history(ACME)]

    assert versions == [1, 2, 3, 4]
    assert all(later == earlier + 1 for earlier, later in pairwise(versions))
    assert [row.version for row in accounts.history(ACME, after=2)] == [3, 4]
    assert [row.after for row in accounts.history(ACME)] == [TIER_1, TIER_2, None, TIER_1]


def test_a_lost_race_leaves_no_history(accounts: Accounts) -> None:
    read = stored(accounts, account())
    stored(accounts, replace(read, edits=1))
    late = moved(read, TIER_1)

    with pytest.raises(AccountMoved):
        accounts.commit(AccountChange(late, Cause.TIER, history=tier_change(late), audit=audit_entry()))

    assert list(accounts.history(ACME)) == []


def test_a_row_of_history_comes_back_exactly(accounts: Accounts) -> None:
    after = moved(account(), TIER_1)
    row = tier_change(after, decision={"rules": [{"actual": "640.00", "met": False, "short_by": None}], "why": "Ä\x00"})

    accounts.commit(AccountChange(after, Cause.TIER, history=row))

    assert list(accounts.history(ACME)) == [row]


def test_a_change_that_contradicts_itself_can_not_be_made() -> None:
    with pytest.raises(ValueError, match="another account"):
        change(account(), links=(link(AccountId("other")),))
    with pytest.raises(ValueError, match="not acme's latest"):
        change(account(), history=tier_change(moved(account(), TIER_1)))


def test_an_account_above_64_kb_is_refused_and_the_stored_one_stays(accounts: Accounts) -> None:
    kept = stored(accounts, account())
    many = {record(f"r{number}"): contribution({"name": "x" * 1_000}) for number in range(64)}

    with pytest.raises(AccountTooLarge):
        stored(accounts, replace(kept, records=many))
    with pytest.raises(AccountTooLarge):
        accounts.commit(change(replace(kept, records=many), links=(link(),)))

    assert accounts.get(ACME) == kept
    stored(accounts, replace(kept, records=dict([*many.items()][:50])))
