"""What ingest and the scheduled sync ask of a vendor, and how a vendor's failures are told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.accounts.money import Rates
from shared.accounts.values import Json
from shared.configuration.records import SourceRecord
from shared.runtime.failures import BadInput, Permanent, Retryable


class Unauthenticated(BadInput):
    """A delivery whose signature, timestamp or form does not prove its sender; the message never leaves the log."""


class BadDelivery(BadInput):
    """An authenticated delivery's body is not what its vendor sends: refused with 400, nothing of it is queued, since
    a retry would bring the same bytes. The message says what is wrong and quotes nothing of the body.
    """


class BadRecord(BadInput):
    """One record of a delivery, or of a vendor's answer, can't be taken as it is: noted as a reject with this reason,
    not tried again.
    """


class VendorUnavailable(Retryable):
    """The vendor did not answer usefully (429, 5xx, time-out, reset, cut off): try again after `retry_after`
    seconds.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VendorRefused(Permanent):
    """The vendor will answer the same again (401, 403, 406, another 4xx, a foreign host in `next`, an answer that is no
    answer of its API): a person must mend the set-up.
    """


class RecordGone(Permanent):
    """The vendor no longer has the object that a hint names: recorded, not tried again."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Where to look, from one delivery. Hints with equal `subject` in one batch are fetched once."""

    subject: str
    """What to fetch, in the connector's own words: `subscription/ra8foq26o2dt`, `account/code-acme`."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one authenticated webhook asks for: hints to fetch, or records where its body is trusted."""

    key: str
    """The same for every repeat of the delivery, at most 256 characters: for logs and for recognising repeats."""
    hints: Sequence[Hint] = ()
    records: Sequence[Mapping[str, Json]] = ()
    """One document a record, each complete in itself; read into a SourceRecord by the vendor's mapping."""
    ignored: str | None = None
    """Why it asks for nothing, where hints and records are empty."""


class Webhook(Protocol):
    """What each vendor's `webhook` module offers; a module is one."""

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Returns if one of `secrets` signed `body` within five minutes of `now`; header names are in lower case.

        Raises Unauthenticated, and for no input anything else.
        """
        ...

    def split(self, body: bytes) -> Delivery:
        """What a verified body asks for. Raises BadDelivery."""
        ...


@dataclass(frozen=True, slots=True)
class PulledPage:
    """One page of a scheduled pull."""

    records: Sequence[SourceRecord]
    cursor: Mapping[str, str]
    """Where the next page starts; saved only after the records are stored."""
    done: bool
    rejects: Sequence[Mapping[str, str]] = ()
    """`record` and `reason` of what the vendor has but can't be read into a record."""
    total: int | None = None
    """How many objects the pull will look at, where the vendor says."""


class Connector(Protocol):
    """A vendor that is asked for the state: webhooks are hints."""

    def fetch(self, hint: Hint, *, rates: Rates, now: datetime) -> Sequence[SourceRecord]:
        """The records that the hint leads to, as they are now. Raises VendorUnavailable, VendorRefused, RecordGone,
        BadRecord.
        """
        ...

    def pull(self, cursor: Mapping[str, str], *, rates: Rates, now: datetime) -> PulledPage:
        """One page of what changed since `cursor` ({}: all). Raises VendorUnavailable, VendorRefused."""
        ...
