"""The breaker at work: a demotion is reserved in one ledger before it is written, whoever decides and however many."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.access.audit import AuditEntry
from shared.accounts.listing import AccountLists
from shared.accounts.standing import TierChange
from shared.configuration.breaker_document import ledger_to_json, parse_ledger, trip_to_json
from shared.configuration.documents import Document, DocumentChange, DocumentStore, Kind, StaleDocument
from shared.configuration.published import BREAKER
from shared.tiers.breaker import Ledger, Limits, Trip, suspects

ACTOR = "breaker"
LEDGER = "demotions"
"""The ledger's id within its kind."""
TRIES = 30
COUNTED_FOR = timedelta(minutes=5)
"""How long the number of accounts is trusted: more of them since only make the breaker stricter."""


class LedgerBusy(Exception):
    """Others reserved their demotions each time between our reading and our writing; the same may be asked again."""


@dataclass(slots=True)
class Breaker:
    documents: DocumentStore
    accounts: AccountLists
    _number: int = field(default=0, init=False)
    _counted_at: datetime | None = field(default=None, init=False)

    def admit(self, change: TierChange, limits: Limits, now: datetime) -> bool:
        """Whether a demotion that counts may be written; it then counts, even where the writing fails.

        What is one too many trips the breaker, in one transaction with what everybody reads and its audit entry.
        Raises LedgerBusy, and what the stores raise.
        """
        for _ in range(TRIES):
            document = self.documents.get(Kind.BREAKER, LEDGER)
            try:
                return self._reserved(change, document, limits, now)
            except StaleDocument:
                continue
        raise LedgerBusy(f"the ledger of demotions was written by others {TRIES} times in a row")

    def _how_many(self, limits: Limits, now: datetime) -> int:
        """Too few are counted each time, for they may be many in a moment."""
        old = self._counted_at is None or now - self._counted_at >= COUNTED_FOR
        if old or self._number < limits.min_accounts:
            self._number, self._counted_at = self.accounts.number(), now
        return self._number

    def _reserved(self, change: TierChange, read: Document | None, limits: Limits, now: datetime) -> bool:
        """Raises StaleDocument."""
        ledger = parse_ledger(read.body) if read else Ledger()
        if ledger.open:
            return False
        found = suspects(change)
        if self._lets(ledger.demoted(limits.within, now), limits, now):
            self._commit(ledger.let_through(found, limits.within, now), _version(read), None, now)
            return True
        after, trip = ledger.tripped(found, limits, self._number, now)
        self._commit(after, _version(read), trip, now)
        return False

    def _lets(self, demoted: int, limits: Limits, now: datetime) -> bool:
        """Whether one more goes through. The accounts are counted only where their number may matter."""
        if demoted < limits.always_allowed:
            return True
        allowed = limits.allowed(self._how_many(limits, now))
        return allowed is None or demoted < allowed

    def _commit(self, ledger: Ledger, version: int, trip: Trip | None, now: datetime) -> None:
        changes = [DocumentChange(Kind.BREAKER, LEDGER, version, ledger_to_json(ledger))]
        audit = []
        if trip is not None:
            known = self.documents.get(Kind.PUBLISHED, BREAKER)
            body = trip_to_json(trip)
            changes.append(DocumentChange(Kind.PUBLISHED, BREAKER, _version(known), body))
            audit.append(AuditEntry(now, ACTOR, "breaker.trip", f"breaker/{trip.id}", None, body))
        self.documents.commit(changes, at=now, by=ACTOR, audit=audit)


def cleared(document: Document | None) -> DocumentChange:
    """The change that begins the count anew, once a person has looked."""
    ledger = parse_ledger(document.body) if document else Ledger()
    return DocumentChange(Kind.BREAKER, LEDGER, _version(document), ledger_to_json(ledger.cleared()))


def _version(document: Document | None) -> int:
    return document.version if document else 0
