"""Records find their account, and one account that several records speak of, in whatever order they arrive."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import RecordUpdate
from shared.accounts.encoding import MAX_BYTES
from shared.accounts.identity import AccountId, FieldName, RecordKey, TierId, account_id_for
from shared.accounts.standing import Answer, Cause, Override, Request
from shared.accounts.store import AccountChange, AccountMoved
from shared.accounts.values import SCALE
from shared.accounts.version import Version, VersionKindChanged
from shared.ingestion.merger import ATTEMPTS, AccountBusy, Merged, Merger
from shared.memory.accounts import MemoryAccounts
from tests.support.builders import with_history
from tests.support.lagging import LaggingAccounts
from tests.unit.ingestion.builders import MRR, NOW, key, update

CATALOGUE = Catalogue.fresh()
SUBSIDIARIES = ("recurly:a", "recurly:b")


def take(accounts: MemoryAccounts, *updates: RecordUpdate) -> list[Merged]:
    return [Merger(accounts).take(each, CATALOGUE, NOW) for each in updates]


def holder(accounts: MemoryAccounts, record: str) -> Account:
    return accounts.accounts[accounts.linked[key(record)].account_id]


def override() -> Override:
    return Override(TierId("tier-1"), "a strategic logo", "user-1", NOW)


def test_a_record_that_nobody_mentioned_founds_an_account() -> None:
    accounts = MemoryAccounts()

    [merged] = take(accounts, update("recurly:a", mrr=100))

    assert merged == Merged(account_id_for(key("recurly:a")), 1, ())
    assert holder(accounts, "recurly:a").values[MRR] == 100 * SCALE
    assert not accounts.linked[key("recurly:a")].stated
    assert [cause for cause, _, _ in accounts.changes] == [Cause.DATA]


def test_a_repeated_delivery_writes_nothing() -> None:
    accounts = MemoryAccounts()
    delivery = update("generic:g", mrr=1, states=SUBSIDIARIES)
    take(accounts, update("recurly:a", mrr=100), delivery)
    before = accounts.writes

    [merged] = take(accounts, delivery)

    assert (merged.writes, accounts.writes) == (0, before)


def test_a_newer_version_with_equal_values_is_written_and_wakes_nobody() -> None:
    accounts = MemoryAccounts()

    take(accounts, update("recurly:a", 1, mrr=100), update("recurly:a", 3, mrr=100), update("recurly:a", 2, mrr=200))

    assert holder(accounts, "recurly:a").values[MRR] == 100 * SCALE
    assert [cause for cause, _, _ in accounts.changes] == [Cause.DATA, Cause.NONE]


def test_a_stated_record_that_has_not_arrived_is_claimed_and_joins_when_it_does() -> None:
    accounts = MemoryAccounts()

    take(accounts, update("generic:g", states=("recurly:a",)), update("recurly:a", mrr=100))

    assert holder(accounts, "recurly:a").id == account_id_for(key("generic:g"))
    assert accounts.linked[key("recurly:a")].stated
    assert len(accounts.accounts) == 1


def test_an_account_that_a_stated_record_founded_alone_is_absorbed() -> None:
    accounts = MemoryAccounts()

    take(accounts, update("recurly:a", mrr=100), update("generic:g", states=("recurly:a",)))

    closed = accounts.accounts[account_id_for(key("recurly:a"))]
    home = holder(accounts, "recurly:a")
    assert closed.merged_into == home.id == account_id_for(key("generic:g"))
    assert home.values[MRR] == 100 * SCALE
    assert set(home.records) == {key("recurly:a"), key("generic:g")}


def test_a_value_that_was_never_stored_is_none_of_the_history() -> None:
    """One write takes the update in and the other account over: between the two nothing was in force."""
    accounts, kept = MemoryAccounts(), with_history("mrr")
    for delivery in (
        update("recurly:a", mrr=100),
        update("recurly:b", mrr=50),
        update("recurly:b", 2, mrr=30, states=("recurly:a",)),
    ):
        Merger(accounts).take(delivery, kept, NOW)

    history = holder(accounts, "recurly:b").histories[MRR]

    assert [value for _, value in history.entries] == [50 * SCALE, 130 * SCALE]


def test_links_are_claimed_by_a_stale_delivery_too() -> None:
    accounts = MemoryAccounts()

    take(accounts, update("generic:g", 2, mrr=5), update("generic:g", 1, mrr=3, states=("recurly:a",)))

    assert holder(accounts, "recurly:a").values[MRR] == 5 * SCALE


def test_a_record_that_states_itself_changes_nothing() -> None:
    accounts = MemoryAccounts()

    [merged] = take(accounts, update("generic:g", mrr=5, states=("generic:g",)))

    assert (merged.writes, merged.conflicts) == (1, ())


@pytest.mark.parametrize("claimant", ["generic:g", "salesforce:s"])
def test_a_record_that_another_stated_first_is_a_conflict_and_the_rest_is_applied(claimant: str) -> None:
    accounts = MemoryAccounts()
    take(accounts, update("generic:first", states=("recurly:a",)))

    [merged] = take(accounts, update(claimant, mrr=7, states=("recurly:a", "recurly:b")))

    assert holder(accounts, "recurly:a").id == account_id_for(key("generic:first"))
    assert holder(accounts, "recurly:b").id == merged.account_id
    assert holder(accounts, claimant).values[MRR] == 7 * SCALE
    [conflict] = merged.conflicts
    assert merged.account_id in conflict
    assert account_id_for(key("generic:first")) in conflict


def test_an_account_that_a_person_overrode_is_not_absorbed() -> None:
    accounts = MemoryAccounts()
    take(accounts, update("recurly:a", mrr=100))
    edited = replace(holder(accounts, "recurly:a"), override=override())
    accounts.commit(AccountChange(edited, Cause.DATA))

    [merged] = take(accounts, update("generic:g", states=("recurly:a",)))

    assert len(merged.conflicts) == 1
    assert holder(accounts, "recurly:a").override == override()


@pytest.mark.parametrize(("answer", "conflicts"), [(None, 1), (Answer(approved=False, by="m", at=NOW), 0)])
def test_an_account_that_an_override_is_asked_for_is_not_absorbed(answer: Answer | None, conflicts: int) -> None:
    accounts = MemoryAccounts()
    take(accounts, update("recurly:a", mrr=100))
    request = Request(TierId("tier-1"), "strategic logo", "csm-1", NOW, answer=answer)
    accounts.commit(AccountChange(replace(holder(accounts, "recurly:a"), request=request), Cause.NONE))

    [merged] = take(accounts, update("generic:g", states=("recurly:a",)))

    assert len(merged.conflicts) == conflicts


def test_an_account_that_a_person_gave_values_is_not_absorbed() -> None:
    accounts = MemoryAccounts()
    [founded] = take(accounts, update("recurly:a", mrr=100))
    manual = RecordKey.parse(f"manual:{founded.account_id}")
    account = holder(accounts, "recurly:a")
    accounts.commit(AccountChange(account.with_record(manual, account.records[key("recurly:a")]), Cause.DATA))

    [merged] = take(accounts, update("generic:g", states=("recurly:a",)))

    assert len(merged.conflicts) == 1


def test_what_an_absorbed_account_had_claimed_follows_it() -> None:
    accounts = MemoryAccounts()
    take(accounts, update("recurly:a", mrr=100, states=("salesforce:s",)))
    take(accounts, update("generic:g", states=("recurly:a",)))

    [merged] = take(accounts, update("salesforce:s", mrr=1))

    assert merged.account_id == account_id_for(key("generic:g"))
    assert key("salesforce:s") in holder(accounts, "generic:g").records


def test_a_late_update_of_an_absorbed_record_reaches_the_account_that_has_it_now() -> None:
    accounts = MemoryAccounts()
    take(accounts, update("recurly:a", 1, mrr=100), update("generic:g", states=("recurly:a",)))

    take(accounts, update("recurly:a", 2, mrr=150))

    assert holder(accounts, "generic:g").values[MRR] == 150 * SCALE


def test_a_version_of_another_kind_is_refused() -> None:
    accounts = MemoryAccounts()
    take(accounts, update("recurly:a"))
    other = replace(update("recurly:a"), version=Version.of_time(NOW))

    with pytest.raises(VersionKindChanged):
        take(accounts, other)


class Raced(MemoryAccounts):
    """Between reading and writing, each commit meets another worker's update, as long as there are any."""

    def __init__(self, *rivals: RecordUpdate) -> None:
        super().__init__()
        self.rivals = list(rivals)

    def commit(self, change: AccountChange) -> Account:
        if self.rivals:
            rival, self.rivals, rest = self.rivals[0], [], self.rivals[1:]
            Merger(self).take(rival, CATALOGUE, NOW)
            self.rivals = rest
        return super().commit(change)


class Contested(MemoryAccounts):
    """Somebody else always writes first."""

    def commit(self, change: AccountChange) -> Account:
        raise AccountMoved(f"{change.account.id} was written by somebody else")


def test_the_loser_of_two_first_deliveries_reads_again_and_merges() -> None:
    accounts = Raced(update("recurly:a", 1, mrr=100))

    take(accounts, update("recurly:a", 2, mrr=200))

    assert holder(accounts, "recurly:a").values[MRR] == 200 * SCALE
    assert holder(accounts, "recurly:a").version == 2


def test_a_record_that_arrives_while_it_is_being_claimed_ends_in_the_claiming_account() -> None:
    accounts = Raced(update("recurly:a", mrr=100))

    take(accounts, update("generic:g", states=("recurly:a",)))

    assert holder(accounts, "recurly:a").id == account_id_for(key("generic:g"))
    assert holder(accounts, "recurly:a").values[MRR] == 100 * SCALE


def test_an_account_that_others_keep_writing_is_given_up_as_busy() -> None:
    with pytest.raises(AccountBusy, match=str(ATTEMPTS)):
        take(Contested(), update("recurly:a"))


class Crashing(MemoryAccounts):
    """The process dies before its second commit, once."""

    def __init__(self) -> None:
        super().__init__()
        self.commits = -100

    def commit(self, change: AccountChange) -> Account:
        self.commits += 1
        if self.commits == 2:
            raise ConnectionError("died here")
        return super().commit(change)


def test_a_delivery_that_died_between_two_absorptions_finishes_when_it_is_repeated() -> None:
    accounts = Crashing()
    delivery = update("generic:g", states=SUBSIDIARIES)
    take(accounts, update("recurly:a", mrr=100), update("recurly:b", mrr=20))
    accounts.commits = 0
    with pytest.raises(ConnectionError):
        take(accounts, delivery)

    take(accounts, delivery)

    assert holder(accounts, "generic:g").values[MRR] == 120 * SCALE


DELIVERIES = (
    update("recurly:a", 1, mrr=100),
    update("recurly:a", 2, mrr=110),
    update("recurly:b", 1, mrr=20),
    update("recurly:b", 2, mrr=30),
    update("generic:g", 1, mrr=1, states=SUBSIDIARIES),
    update("generic:g", 2, mrr=2, states=SUBSIDIARIES),
)


def told(account: Account) -> Mapping[RecordKey, object]:
    """An account's records without the moments of their arrival."""
    return {record: replace(entry, received_at=NOW) for record, entry in account.records.items()}


def state(accounts: MemoryAccounts) -> Mapping[str, object]:
    """What the records and their order of arrival may not change."""
    alive = {account.id: (told(account), account.values) for account in accounts.accounts.values() if account.records}
    return {"alive": alive, "links": accounts.linked, "holders": {link.account_id for link in accounts.linked.values()}}


def arrived(deliveries: Iterable[RecordUpdate]) -> MemoryAccounts:
    accounts = MemoryAccounts()
    take(accounts, *deliveries)
    return accounts


@given(order=st.permutations(DELIVERIES), repeats=st.lists(st.sampled_from(DELIVERIES), max_size=8))
def test_two_billing_accounts_named_by_one_record_sum_in_any_order(
    order: list[RecordUpdate], repeats: list[RecordUpdate]
) -> None:
    accounts = arrived([*order[:3], *repeats, *order[3:]])

    home: AccountId = account_id_for(key("generic:g"))
    assert accounts.accounts[home].values[MRR] == 140 * SCALE
    assert state(accounts) == state(arrived(DELIVERIES))
    assert {account.merged_into for account in accounts.accounts.values()} <= {None, home}


@given(order=st.permutations(DELIVERIES), rivals=st.lists(st.sampled_from(DELIVERIES), max_size=6))
def test_workers_that_race_for_the_same_accounts_end_up_the_same(
    order: list[RecordUpdate], rivals: list[RecordUpdate]
) -> None:
    accounts = Raced(*rivals)

    take(accounts, *order)

    assert state(accounts) == state(arrived(DELIVERIES))


@given(
    order=st.permutations(DELIVERIES), repeats=st.lists(st.sampled_from(DELIVERIES), max_size=8), chance=st.randoms()
)
def test_a_first_look_that_is_of_any_earlier_moment_changes_nothing(
    order: list[RecordUpdate], repeats: list[RecordUpdate], chance: Random
) -> None:
    accounts = LaggingAccounts(lambda most: chance.randint(0, most))

    take(accounts, *order[:3], *repeats, *order[3:])

    assert state(accounts) == state(arrived(DELIVERIES))


def before_all(most: int) -> int:
    return most


def test_an_account_that_a_first_look_does_not_find_is_not_founded_again() -> None:
    accounts = LaggingAccounts(before_all)

    founded, again, newer = take(
        accounts, update("recurly:a", 1, mrr=100), update("recurly:a", 1, mrr=100), update("recurly:a", 2, mrr=200)
    )

    assert (founded.writes, again.writes, newer.writes) == (1, 0, 1)
    assert holder(accounts, "recurly:a").values[MRR] == 200 * SCALE
    assert holder(accounts, "recurly:a").version == 2


def test_a_link_that_is_seen_before_its_account_is_no_conflict() -> None:
    lags = iter([False, False, False, True])  # the founding's link; both links as they are, then the account
    accounts = LaggingAccounts(lambda most: most if next(lags, False) else 0)

    _, merged = take(accounts, update("recurly:a", mrr=100), update("generic:g", states=("recurly:a",)))

    assert merged.conflicts == ()
    assert holder(accounts, "recurly:a").id == account_id_for(key("generic:g"))


def test_an_account_that_was_too_large_a_moment_ago_takes_what_fits_now() -> None:
    accounts = LaggingAccounts(lambda _: 0)
    take(accounts, update("recurly:a", 1, mrr=100))
    small = holder(accounts, "recurly:a")
    large = replace(small, override=replace(override(), reason="x" * (MAX_BYTES - 1_000)))
    accounts.commit(AccountChange(large, Cause.NONE))
    accounts.commit(AccountChange(replace(small, version=2), Cause.NONE))
    accounts.lag = lambda _: 1

    [merged] = take(accounts, replace(update("recurly:a", 2), values={FieldName("name"): "n" * 1_000}))

    assert merged.writes == 1


def test_a_look_at_what_did_not_move_lately_is_enough() -> None:
    accounts = LaggingAccounts(lambda _: 0)

    take(accounts, *(update("recurly:a", version, mrr=version) for version in (1, 1, 2)))

    assert accounts.asked == [False, False, False]
