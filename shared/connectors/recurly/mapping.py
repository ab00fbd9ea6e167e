"""Recurly's account with its subscriptions and their plans, as one record of the source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from shared.accounts.identity import RecordKey, SourceName
from shared.accounts.money import NoRate, Rates
from shared.accounts.values import Json, moment_text
from shared.accounts.version import Version
from shared.configuration.records import SourceRecord
from shared.connectors.ports import BadRecord
from shared.connectors.recurly.documents import Document, child, children, count, moment, required, text
from shared.connectors.recurly.mrr import BILLING, State, converted, in_trial, monthly, total, turned

RECURLY = SourceName("recurly")
RUNNING = BILLING | {State.PAUSED}
"""The states of a subscription that its customer has now."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one account at one time: all its subscriptions in whatever state, and their plans by id."""

    account: Document
    subscriptions: Sequence[Document]
    plans: Mapping[str, Document]
    began: datetime
    """The vendor's time, to the second, when the first of them was read."""
    led_by: Document = field(default_factory=dict)
    """The object that led here, where it is none of them: an invoice."""


def to_record(read: Read, *, rates: Rates, now: datetime) -> SourceRecord:
    """The account as a complete record: null for what it has none of. Raises BadRecord.

    MRR that can't be computed, for want of an exchange rate or of a price, is left out with the reason: the value that
    the account has stays, since clearing it would demote the account.
    """
    figures, withheld = _figures(read, rates, now)
    account = read.account
    running = [one for one in read.subscriptions if State.of(one) in RUNNING]
    main = _main(running, read.plans, rates, now)
    return SourceRecord(
        key=RecordKey(RECURLY, required(account, "code")),
        version=Version.of_time(_version_at(read, now), revision=rates.revision),
        properties={
            "name": _name(account),
            **figures,
            "plan": text(child(main, "plan"), "code"),
            "currency": text(main, "currency"),
            "seats": _seats(running) if read.subscriptions else None,
            "renewal_date": _renewal_date(running),
            "customer_status": _status(read.subscriptions, running, now),
            "payment_status": _payment_status(account),
            "trial_ends_at": _latest(moment(one, "trial_ends_at") for one in running),
            **_custom_fields(account),
        },
        withheld=withheld,
    )


def _figures(read: Read, rates: Rates, now: datetime) -> tuple[Mapping[str, Json], tuple[str, ...]]:
    if not read.subscriptions:
        return {"mrr": None}, ()
    try:
        parts = [monthly(one, read.plans, now) for one in read.subscriptions]
        return {"mrr": str(total(parts, rates))}, ()
    except (NoRate, BadRecord) as error:
        return {}, (f"mrr is left as it was: {error}",)


def _version_at(read: Read, now: datetime) -> datetime:
    """The latest change of all that was read, and of what time alone changed since.

    A change in the second in which reading began, or later, may have been seen in part only, or be followed by another
    with the same `updated_at`: its version is within the millisecond before, by the time of reading, so that a later
    read is newer.
    """
    documents = [read.account, *read.subscriptions, *read.plans.values(), read.led_by]
    changes = [at for document in documents if (at := moment(document, "updated_at")) is not None]
    if not changes:
        raise BadRecord(f"account {required(read.account, 'code')}: nothing of it tells when it was updated")
    latest = max([*changes, *(at for one in read.subscriptions for at in turned(one, now))])
    if latest < read.began:
        return latest
    return read.began + timedelta(microseconds=now.microsecond // 1000 - 1000)


def _main(running: Sequence[Document], plans: Mapping[str, Document], rates: Rates, now: datetime) -> Document:
    """The subscription that bills most: its plan and currency stand for the account's. Of equals, the least id."""

    def rank(one: Document) -> tuple[Fraction, str]:
        return -_worth(one, plans, rates, now), required(one, "id")

    return min(running, key=rank, default={})


def _worth(subscription: Document, plans: Mapping[str, Document], rates: Rates, now: datetime) -> Fraction:
    try:
        return converted(monthly(subscription, plans, now), rates)
    except (NoRate, BadRecord):
        return Fraction(0)


def _name(account: Document) -> str | None:
    """The company's, else the person's. Never the e-mail address: records of accounts hold no more of people."""
    person = " ".join(part for part in (text(account, "first_name"), text(account, "last_name")) if part)
    return text(account, "company") or person or None


def _seats(running: Iterable[Document]) -> int:
    quantities = (count(one, "quantity") for one in running)
    return sum(1 if quantity is None else quantity for quantity in quantities)


def _renewal_date(running: Iterable[Document]) -> str | None:
    """The first day (UTC) on which a contract, or where there is no term a billing period, ends."""
    ends = [
        at for one in running if (at := moment(one, "current_term_ends_at") or moment(one, "current_period_ends_at"))
    ]
    return min(ends).astimezone(UTC).date().isoformat() if ends else None


def _status(subscriptions: Iterable[Document], running: Sequence[Document], now: datetime) -> str:
    if running:
        return "trial" if all(in_trial(one, now) for one in running) else "active"
    return "churned" if any(State.of(one) is State.EXPIRED for one in subscriptions) else "prospect"


def _payment_status(account: Document) -> str | None:
    past_due = account.get("has_past_due_invoice")
    return None if not isinstance(past_due, bool) else "past_due" if past_due else "ok"


def _latest(moments: Iterable[datetime | None]) -> str | None:
    known = [at for at in moments if at is not None]
    return moment_text(max(known)) if known else None


def _custom_fields(account: Document) -> Mapping[str, Json]:
    fields = children(account, "custom_fields")
    return {f"custom_fields.{required(field, 'name')}": text(field, "value") for field in fields}
