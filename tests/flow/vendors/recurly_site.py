"""Small Recurly sites with plain defaults, and clients of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from local.sandboxes.recurly.server import Running
from local.sandboxes.recurly.site import Object, Site
from shared.accounts.catalogue import US_DOLLAR
from shared.accounts.money import Rates
from shared.accounts.values import moment_text
from shared.configuration.records import SourceRecord
from shared.connectors.ports import PulledPage
from shared.connectors.recurly.client import Recurly, connect
from shared.connectors.transport import Limits

BEGIN = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)
USD = Rates(US_DOLLAR, {}, revision=1)
PLAN = "plan1"


class TickingClock:
    """Moves when told to."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float = 1) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


def site(clock: TickingClock, *, customers: int) -> Site:
    """Customers `c0`, `c1`, … updated one a minute on the day before, each with one subscription of 10.00 a month."""
    made = Site({"plans": {PLAN: _plan()}}, clock=clock)
    for number in range(customers):
        add_customer(made, number, updated=BEGIN - timedelta(days=1) + timedelta(minutes=number))
    return made


def add_customer(made: Site, number: int, *, updated: datetime) -> None:
    at = moment_text(updated)
    made.put(
        "accounts",
        {
            "id": f"a{number}",
            "code": f"c{number}",
            "state": "active",
            "company": f"Company {number}",
            "email": f"billing@c{number}.example",
            "first_name": None,
            "last_name": None,
            "has_past_due_invoice": False,
            "custom_fields": [],
            "created_at": at,
            "updated_at": at,
        },
    )
    made.put(
        "subscriptions",
        {
            "id": f"s{number}",
            "uuid": f"{number:032x}",
            "account_id": f"a{number}",
            "plan_id": PLAN,
            "state": "active",
            "currency": "USD",
            "unit_amount": 10.0,
            "quantity": 1,
            "add_ons": [],
            "tax_inclusive": False,
            "trial_ends_at": None,
            "current_period_ends_at": "2026-12-22T00:00:00Z",
            "current_term_ends_at": "2026-12-22T00:00:00Z",
            "created_at": at,
            "updated_at": at,
        },
    )
    made.put(
        "invoices",
        {
            "id": f"i{number}",
            "account_id": f"a{number}",
            "type": "charge",
            "state": "paid",
            "number": str(1000 + number),
            "currency": "USD",
            "total": 10.0,
            "created_at": at,
            "updated_at": at,
        },
    )


def _plan() -> Object:
    return {
        "id": PLAN,
        "code": "pro-monthly",
        "name": "Pro",
        "state": "active",
        "interval_unit": "months",
        "interval_length": 1,
        "currencies": [{"currency": "USD", "setup_fee": 0.0, "unit_amount": 10.0}],
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
        "deleted_at": None,
    }


def connected(sandbox: Running, *, key: str | None = None, limits: Limits | None = None) -> Recurly:
    return connect(key or sandbox.options.api_key, base_url=sandbox.url, loopback=True, limits=limits)


def pull_all(recurly: Recurly, now: datetime, cursor: dict[str, str] | None = None) -> list[PulledPage]:
    """Every page of one pull."""
    pages = [recurly.pull(cursor or {}, rates=USD, now=now)]
    while not pages[-1].done:
        pages.append(recurly.pull(pages[-1].cursor, rates=USD, now=now))
    return pages


def latest(records: list[SourceRecord]) -> dict[str, Decimal]:
    """What a store would hold of MRR: for each account the record with the greatest version."""
    kept: dict[str, SourceRecord] = {}
    for record in records:
        held = kept.get(record.key.external_id)
        if held is None or record.version.newer_than(held.version):
            kept[record.key.external_id] = record
    return {code: Decimal(str(record.properties["mrr"])) for code, record in kept.items()}
