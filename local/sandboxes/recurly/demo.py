"""The demo site: plausible customers of an invented company, the same for the same seed and day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from local.sandboxes.recurly.site import Object
from shared.accounts.values import moment_text

ACCOUNTS = 200
SECOND_ACCOUNTS = 8
"""Customers with another account of the same company."""
_ALPHABET = "abcdefghijkmnpqrstuvwxyz0123456789"

_FIRST = "Alder Birch Cobalt Dune Ember Fjord Garnet Harbor Indigo Juniper Kestrel Lumen Meridian Nimbus Orchard"
_SECOND = "Analytics Biotech Cargo Dental Energy Foods Games Health Insurance Logistics Media Optics Robotics Studios"
_FORMS = {"USD": "Inc", "EUR": "GmbH", "GBP": "Ltd", "JPY": "K.K.", "CHF": "AG", "CAD": "Corp"}
_CURRENCIES = ("USD",) * 12 + ("EUR",) * 4 + ("GBP",) * 2 + ("JPY", "CHF", "CAD")
_STATES = ("active",) * 14 + ("canceled", "canceled", "expired", "expired", "paused", "future", "failed")
_SEATS = (1, 2, 3, 5, 5, 8, 10, 12, 15, 20, 25, 30, 40, 60, 100)


@dataclass(frozen=True, slots=True)
class _Plan:
    code: str
    name: str
    unit: str
    length: int
    price: float


_PLANS = (
    _Plan("team-monthly", "Team", "months", 1, 19.0),
    _Plan("pro-monthly", "Pro", "months", 1, 49.0),
    _Plan("pro-quarterly", "Pro, quarterly", "months", 3, 139.0),
    _Plan("pro-yearly", "Pro, yearly", "months", 12, 499.0),
    _Plan("starter-30-days", "Starter", "days", 30, 9.0),
    _Plan("enterprise-yearly", "Enterprise", "months", 12, 900.0),
)


@dataclass(slots=True)
class _Maker:
    now: datetime
    random: Random
    objects: dict[str, dict[str, Object]] = field(
        default_factory=lambda: {"accounts": {}, "subscriptions": {}, "plans": {}, "invoices": {}}
    )

    def id(self) -> str:
        return "".join(self.random.choices(_ALPHABET, k=12))

    def ago(self, days: int) -> str:
        return moment_text(self.now - timedelta(days=days, seconds=self.random.randrange(86_400)))

    def one_in(self, many: int) -> bool:
        return self.random.randrange(many) == 0

    def keep(self, kind: str, made: Object) -> Object:
        self.objects[kind][made["id"]] = made
        return made


def demo_site(now: datetime, *, accounts: int = ACCOUNTS, seed: int = 1) -> dict[str, dict[str, Object]]:
    """Its objects by collection and id. The first account is `acme`, Acme Inc, with 49.00 x 25 USD a month."""
    made = _Maker(now, Random(seed))  # noqa: S311 - invented customers, no secrets
    plans = {plan.code: _plan(made, plan) for plan in _PLANS}
    acme = _account(made, "acme", "Acme Inc", "USD")
    _subscription(made, acme, plans["pro-monthly"], quantity=25, unit_amount=49.0, currency="USD")
    names, second = _names(made.random), min(SECOND_ACCOUNTS, accounts // 20)
    for _ in range(accounts - second - 1):
        _customer(made, next(names), list(plans.values()))
    for first in list(made.objects["accounts"].values())[1 : second + 1]:
        _second_account(made, first, list(plans.values()))
    return made.objects


def _names(random: Random) -> Iterator[str]:
    names = [f"{first} {second}" for first, second in product(_FIRST.split(), _SECOND.split())]
    random.shuffle(names)
    for round_number in range(1, 1_000):
        yield from (name if round_number == 1 else f"{name} {round_number}" for name in names)


def _customer(made: _Maker, name: str, plans: list[Object]) -> None:
    currency = made.random.choice(_CURRENCIES)
    account = _account(made, name.lower().replace(" ", "-"), f"{name} {_FORMS[currency]}", currency)
    for _ in range(made.random.choice((0, 1, 1, 1, 1, 1, 1, 1, 2, 3))):
        _random_subscription(made, account, made.random.choice(plans), currency)


def _second_account(made: _Maker, first: Object, plans: list[Object]) -> None:
    """A subsidiary's account of a company that has one."""
    account = _account(made, f"{first['code']}-2", first["company"], "USD")
    _random_subscription(made, account, made.random.choice(plans), "USD")


def _plan(made: _Maker, plan: _Plan) -> Object:
    prices = [{"currency": code, "setup_fee": 0.0, "unit_amount": _in(code, plan.price)} for code in _FORMS]
    return made.keep(
        "plans",
        {
            "id": made.id(),
            "code": plan.code,
            "name": plan.name,
            "state": "active",
            "interval_unit": plan.unit,
            "interval_length": plan.length,
            "pricing_model": "fixed",
            "auto_renew": True,
            "currencies": prices,
            "created_at": made.ago(900),
            "updated_at": made.ago(800),
            "deleted_at": None,
        },
    )


def _account(made: _Maker, code: str, company: str, currency: str) -> Object:
    created = made.random.randrange(100, 800)
    account = made.keep(
        "accounts",
        {
            "id": made.id(),
            "code": code,
            "state": "active",
            "company": company,
            "email": f"billing@{code}.example",
            "first_name": made.random.choice(("Ada", "Ben", "Chen", "Dora", "Emil", "Fatima", "Goro", "Hanna")),
            "last_name": made.random.choice(("Abbott", "Berg", "Costa", "Dietz", "Endo", "Fofana", "Grant", "Haas")),
            "has_past_due_invoice": False,
            "custom_fields": [{"name": "region", "value": {"USD": "AMER", "JPY": "APAC"}.get(currency, "EMEA")}],
            "created_at": made.ago(created),
            "updated_at": made.ago(made.random.randrange(1, created)),
            "deleted_at": None,
        },
    )
    _invoice(made, account, currency)
    return account


def _invoice(made: _Maker, account: Object, currency: str) -> None:
    made.keep(
        "invoices",
        {
            "id": made.id(),
            "account_id": account["id"],
            "type": "charge",
            "state": "paid",
            "number": str(1_000 + len(made.objects["invoices"])),
            "currency": currency,
            "total": 100.0,
            "created_at": made.ago(30),
            "updated_at": made.ago(29),
        },
    )


def _random_subscription(made: _Maker, account: Object, plan: Object, currency: str) -> None:
    state = made.random.choice(_STATES)
    in_trial = state == "active" and made.one_in(10)
    add_ons = [_add_on(made, usage=made.one_in(3))] if made.one_in(4) else []
    listed = next(price["unit_amount"] for price in plan["currencies"] if price["currency"] == currency)
    _subscription(
        made,
        account,
        plan,
        quantity=made.random.choice(_SEATS),
        unit_amount=listed,
        currency=currency,
        state=state,
        add_ons=add_ons,
        trial_ends_at=moment_text(made.now + timedelta(days=made.random.randrange(3, 14))) if in_trial else None,
    )


def _subscription(made: _Maker, account: Object, plan: Object, **members: Any) -> Object:
    ends = made.now + timedelta(days=made.random.randrange(5, 200))
    over = members.get("state") in ("expired", "failed")
    return made.keep(
        "subscriptions",
        {
            "id": made.id(),
            "uuid": f"{made.random.getrandbits(128):032x}",
            "account_id": account["id"],
            "plan_id": plan["id"],
            "state": "active",
            "add_ons": [],
            "tax_inclusive": False,
            "auto_renew": members.get("state") != "canceled",
            "collection_method": "automatic",
            "coupon_redemptions": [],
            "custom_fields": [],
            "pending_change": None,
            "ramp_intervals": None,
            "trial_ends_at": None,
            "paused_at": made.ago(3) if members.get("state") == "paused" else None,
            "current_period_started_at": made.ago(20),
            "current_period_ends_at": moment_text(made.now - timedelta(days=30) if over else ends),
            "current_term_ends_at": moment_text(made.now - timedelta(days=30) if over else ends),
            "expires_at": moment_text(ends) if members.get("state") == "canceled" else None,
            "created_at": made.ago(99),
            "updated_at": made.ago(made.random.randrange(1, 90)),
            **members,
        },
    )


def _add_on(made: _Maker, *, usage: bool) -> Object:
    kind = "usage" if usage else "fixed"
    code = "api-calls" if usage else "support"
    return {
        "id": made.id(),
        "add_on": {"id": made.id(), "object": "add_on", "code": code, "name": code, "add_on_type": kind},
        "add_on_source": "plan_add_on",
        "quantity": 1,
        "unit_amount": 0.01 if usage else 99.0,
        "tier_type": "flat",
        "usage_calculation_type": "cumulative" if usage else None,
        "created_at": made.ago(99),
        "updated_at": made.ago(98),
    }


def _in(currency: str, dollars: float) -> float:
    return round(dollars * 150, 0) if currency == "JPY" else dollars
