"""Builders of Recurly's objects with plain defaults, as they are after the JSON was read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from shared.accounts.catalogue import US_DOLLAR
from shared.accounts.money import Currency, Rates
from shared.accounts.values import Json

NOW = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)
USD = Rates(US_DOLLAR, {Currency("EUR"): Decimal("1.10"), Currency("JPY"): Decimal("0.0067")}, revision=3)

MONTHLY = "plan-monthly"
YEARLY = "plan-yearly"
QUARTERLY = "plan-quarterly"
THIRTY_DAYS = "plan-30-days"


def plan(unit: Json = "months", length: Json = 1, **change: Json) -> dict[str, Json]:
    return {
        "object": "plan",
        "code": "pro",
        "name": "Pro",
        "interval_unit": unit,
        "interval_length": length,
        "updated_at": "2024-01-01T00:00:00Z",
        **change,
    }


PLANS: Mapping[str, Mapping[str, Json]] = {
    MONTHLY: plan(id=MONTHLY),
    YEARLY: plan("months", 12, id=YEARLY),
    QUARTERLY: plan("months", 3, id=QUARTERLY),
    THIRTY_DAYS: plan("days", 30, id=THIRTY_DAYS),
}


def subscription(plan_id: str = MONTHLY, **change: Json) -> dict[str, Json]:
    return {
        "id": "sub1",
        "object": "subscription",
        "plan": {"id": plan_id, "object": "plan", "code": "pro", "name": "Pro"},
        "state": "active",
        "currency": "USD",
        "unit_amount": Decimal("49.0"),
        "quantity": 1,
        "add_ons": [],
        "add_ons_total": Decimal("0.0"),
        "tax_inclusive": False,
        "trial_ends_at": None,
        "current_term_ends_at": "2027-01-31T00:00:00Z",
        "updated_at": "2026-11-01T00:00:00Z",
        **change,
    }


def add_on(**change: Json) -> dict[str, Json]:
    return {
        "id": "sao1",
        "object": "subscription_add_on",
        "add_on": {"id": "ao1", "code": "extra", "add_on_type": "fixed"},
        "quantity": 1,
        "unit_amount": Decimal("10.0"),
        "tier_type": "flat",
        **change,
    }


def account(**change: Json) -> dict[str, Json]:
    return {
        "id": "acc1",
        "object": "account",
        "code": "acme",
        "company": "Acme Inc",
        "first_name": "Wile",
        "last_name": "Coyote",
        "state": "active",
        "has_past_due_invoice": False,
        "custom_fields": [],
        "updated_at": "2026-10-01T00:00:00Z",
        **change,
    }
