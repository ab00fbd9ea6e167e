"""What the breaker holds to on every store of documents, however many decide at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from shared.access.audit import AuditEntry
from shared.accounts.standing import TierChange
from shared.configuration.breaker import COUNTED_FOR, TRIES, Breaker, LedgerBusy, cleared
from shared.configuration.breaker_document import parse_trip
from shared.configuration.documents import Document, DocumentChange, DocumentStore, Kind
from shared.memory.accounts import MemoryAccounts
from shared.memory.documents import MemoryDocuments
from shared.tiers.breaker import Limits, Suspect
from tests.contract.builders import ACME, NOW, TIER_1, TIER_2, account, tier_change
from tests.contract.conftest import Documents

LIMITS = Limits()
FOUND = {"field": "mrr", "source": "recurly", "met": False}
DEMOTION = replace(
    tier_change(account(ACME, tier=TIER_2)),
    before=TIER_1,
    decision={"rules": [{"id": "high", "matched": False, "conditions": [FOUND]}]},
)


class Counted(MemoryAccounts):
    """As many accounts as the test says."""

    def __init__(self, there: int) -> None:
        super().__init__()
        self.there = there
        self.asked = 0

    def number(self) -> int:
        self.asked += 1
        return self.there


@dataclass
class Meanwhile:
    """The documents, where something happens between a reading and the writing that follows it."""

    documents: DocumentStore
    happens: Callable[[], object]

    def get(self, kind: Kind, document_id: str) -> Document | None:
        return self.documents.get(kind, document_id)

    def all(self, kind: Kind) -> Sequence[Document]:
        return self.documents.all(kind)

    def commit(self, changes: Sequence[DocumentChange], *, at: datetime, by: str, audit: Sequence[AuditEntry]) -> None:
        self.happens()
        self.documents.commit(changes, at=at, by=by, audit=audit)


def breaker(documents: DocumentStore, accounts: int = 100) -> Breaker:
    return Breaker(documents, Counted(accounts))


def admitted(of: Breaker, times: int, *, at: datetime = NOW, change: TierChange = DEMOTION) -> list[bool]:
    return [of.admit(change, LIMITS, at) for _ in range(times)]


def test_of_a_hundred_accounts_five_go_through_and_the_sixth_is_held(documents: Documents) -> None:
    here = breaker(documents)

    assert admitted(here, 7) == [True] * 5 + [False] * 2


@pytest.mark.parametrize(("accounts", "through"), [(20, 1), (59, 2), (200, 10)])
def test_the_share_is_of_all_accounts(documents: Documents, accounts: int, through: int) -> None:
    assert admitted(breaker(documents, accounts), through + 1) == [True] * through + [False]


def test_with_few_accounts_all_go_through(documents: Documents) -> None:
    assert all(admitted(breaker(documents, 19), 19))


def test_tripping_is_told_to_everybody_and_audited_in_one_step(documents: Documents) -> None:
    admitted(breaker(documents), 8)

    published = documents.get(Kind.PUBLISHED, "breaker")

    assert published is not None
    assert published.version == 1
    trip = parse_trip({**published.body})  # type: ignore[dict-item]  # JSON
    assert (trip.id, trip.demoted, trip.accounts, trip.open) == ("1", 5, 100, True)
    assert dict(trip.suspects) == {Suspect("mrr", "recurly"): 6}


def test_what_has_left_the_span_makes_room(documents: Documents) -> None:
    here = breaker(documents)
    admitted(here, 5)

    assert admitted(here, 6, at=NOW + timedelta(minutes=61)) == [True] * 5 + [False]


def test_an_open_breaker_stays_open_however_long(documents: Documents) -> None:
    here = breaker(documents)
    admitted(here, 6)

    assert admitted(here, 1, at=NOW + timedelta(days=3)) == [False]


def test_once_cleared_the_count_begins_anew_and_the_next_trip_has_a_number_of_its_own(documents: Documents) -> None:
    here = breaker(documents)
    admitted(here, 6)
    documents.commit([cleared(documents.get(Kind.BREAKER, "demotions"))], at=NOW, by="ann", audit=[])

    assert admitted(here, 6) == [True] * 5 + [False]
    published = documents.get(Kind.PUBLISHED, "breaker")
    assert published is not None
    assert published.body["id"] == "2"


def test_two_workers_at_once_let_no_more_through(documents: Documents) -> None:
    other, left = breaker(documents), [3]

    def take_one() -> None:
        if left[0]:
            left[0] -= 1
            outcome.append(other.admit(DEMOTION, LIMITS, NOW))

    outcome: list[bool] = []
    here = breaker(Meanwhile(documents, take_one))

    outcome += admitted(here, 4)

    assert outcome.count(True) == 5
    assert outcome.count(False) == 2
    assert admitted(other, 1) == [False]


def test_a_worker_that_is_always_outrun_says_so(documents: Documents) -> None:
    other = breaker(documents, 100_000)
    here = breaker(Meanwhile(documents, lambda: other.admit(DEMOTION, LIMITS, NOW)), 100_000)

    with pytest.raises(LedgerBusy):
        here.admit(DEMOTION, LIMITS, NOW)

    ledger = documents.get(Kind.BREAKER, "demotions")
    assert ledger is not None
    assert ledger.version == TRIES


def test_accounts_are_counted_now_and_then_but_few_each_time() -> None:
    few, many = Counted(19), Counted(100)
    admitted(Breaker(MemoryDocuments(), few), 3)
    here = Breaker(MemoryDocuments(), many)
    admitted(here, 3)
    assert (few.asked, many.asked) == (2, 1)

    admitted(here, 1, at=NOW + COUNTED_FOR)

    assert many.asked == 2


def test_nothing_is_counted_for_what_the_least_number_of_accounts_allows() -> None:
    """With fewer all go through; with more, so many at least."""
    accounts = Counted(1_000)
    here = Breaker(MemoryDocuments(), accounts)
    limits = replace(LIMITS, min_accounts=200)

    through = [here.admit(DEMOTION, limits, NOW) for _ in range(10)]

    assert through == [True] * 10
    assert accounts.asked == 0
    assert here.admit(DEMOTION, limits, NOW)
    assert accounts.asked == 1
