"""Records become accounts' values, and what was not taken is told with its reason."""

from decimal import Decimal

from shared.access.people import User, UserId
from shared.accounts.account import OWNER, Account
from shared.accounts.identity import SourceName
from shared.accounts.values import SCALE
from shared.accounts.version import Version
from shared.configuration.published import fresh
from shared.configuration.records import SourceRecord
from shared.configuration.sources import SourceConfig
from shared.ingestion.intake import Intake
from shared.ingestion.tally import Tally
from shared.memory.accounts import MemoryAccounts
from shared.memory.directory import MemoryDirectory
from tests.unit.ingestion.builders import MRR, NOW, key, record

CSM = User(UserId("user-1"), "csm@example.com", "Chris")


def take(accounts: MemoryAccounts, *records: SourceRecord) -> Tally:
    config = SourceConfig(SourceName("generic"))
    return Intake(accounts, MemoryDirectory([CSM])).take(records, config, fresh(), NOW)


def account_of(accounts: MemoryAccounts, text: str) -> Account:
    return accounts.accounts[accounts.linked[key(text)].account_id]


def test_a_record_is_mapped_and_stored() -> None:
    accounts = MemoryAccounts()

    tally = take(accounts, record("generic:g", mrr=Decimal("1200.50"), owner="CSM@example.com"))

    assert tally == Tally({"written": 1})
    assert account_of(accounts, "generic:g").values[MRR] == 12_005 * SCALE // 10
    assert account_of(accounts, "generic:g").values[OWNER] == "user-1"


def test_records_are_taken_in_order_and_counted() -> None:
    accounts = MemoryAccounts()

    tally = take(accounts, record("generic:g", 2, mrr=2), record("generic:g", 1, mrr=1), record("generic:h"))

    assert tally == Tally({"written": 2, "unchanged": 1})
    assert tally.records == 3


def test_a_property_that_does_not_fit_is_told_and_the_rest_is_taken() -> None:
    accounts = MemoryAccounts()

    tally = take(accounts, record("generic:g", mrr="a lot", seats=5, colour="red"))

    assert tally.counts == {"written": 1, "unmapped:colour": 1}
    assert [reject["record"] for reject in tally.rejects] == ["generic:g"]
    assert MRR not in account_of(accounts, "generic:g").values


def test_a_repeat_of_what_did_not_fit_is_not_told_again() -> None:
    accounts = MemoryAccounts()
    take(accounts, record("generic:g", mrr="a lot", colour="red"))

    assert take(accounts, record("generic:g", mrr="a lot", colour="red")) == Tally({"unchanged": 1})


def test_a_version_of_another_kind_is_rejected_with_its_reason() -> None:
    accounts = MemoryAccounts()
    take(accounts, record("generic:g", 1))

    tally = take(accounts, SourceRecord(key("generic:g"), Version.of_time(NOW)))

    assert tally.counts == {"rejected": 1}
    assert "number" in tally.rejects[0]["reason"]


def test_a_record_that_would_make_its_account_too_large_is_rejected() -> None:
    accounts = MemoryAccounts()
    states = tuple(f"recurly:{number}" for number in range(45))
    take(accounts, record("generic:g", states=states))

    tallies = [take(accounts, record(stated, name="n" * 1_000, plan="p" * 1_000)) for stated in states]

    assert sum(tally.counts.get("rejected", 0) for tally in tallies) > 0
    assert tallies[0].counts == {"written": 1}


def test_a_conflict_is_told_and_the_record_is_taken() -> None:
    accounts = MemoryAccounts()
    take(accounts, record("generic:first", states=("recurly:a",)))

    tally = take(accounts, record("generic:second", mrr=5, states=("recurly:a",)))

    assert tally.counts == {"written": 1, "conflicts": 1}
    assert "recurly:a" in tally.rejects[0]["reason"]
    assert account_of(accounts, "generic:second").values[MRR] == 5 * SCALE
