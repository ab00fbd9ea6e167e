from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.billing import NotPriced, price
from shared.accounts.catalogue import US_DOLLAR
from shared.accounts.money import Currency, Rates
from shared.connectors.recurly.mrr import converted, monthly

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RATES = Rates(US_DOLLAR, {Currency("EUR"): Decimal("1.08")}, 1)
PLANS: dict[str, Any] = {
    "monthly": {"id": "monthly", "interval_unit": "months", "interval_length": 1},
    "yearly": {"id": "yearly", "interval_unit": "months", "interval_length": 12},
    "daily": {"id": "daily", "interval_unit": "days", "interval_length": 30},
}


def subscription(plan: str = "monthly", **members: Any) -> dict[str, Any]:
    return {
        "id": f"s-{plan}",
        "state": "active",
        "currency": "USD",
        "plan": {"id": plan},
        "quantity": 25,
        "unit_amount": Decimal(49),
        "add_ons": [],
        "created_at": "2025-01-01T00:00:00Z",
        **members,
    }


@given(
    st.integers(200, 10**6),
    st.lists(st.sampled_from(sorted(PLANS)), max_size=3),
    st.sampled_from(sorted(PLANS)),
    st.sampled_from(["USD", "EUR"]),
)
def test_at_that_price_the_account_has_the_wanted_mrr(wanted: int, others: list[str], plan: str, currency: str) -> None:
    rest = [subscription(other, quantity=1, created_at="2026-01-01T00:00:00Z") for other in others]
    first = subscription(plan, currency=currency)
    found = price(Fraction(wanted), [*rest, first], PLANS, RATES, NOW)
    unit = {**first, "quantity": 1, "unit_amount": 1}
    worth = [converted(monthly(one, PLANS, NOW), RATES) for one in (unit, *rest)]
    assert worth[0] * found + sum(worth[1:]) == wanted


@pytest.mark.parametrize(
    ("subscriptions", "why"),
    [
        ([], "no subscription"),
        ([subscription(currency="JPY")], "no rate from JPY to USD"),
        ([subscription(state="expired")], "it is expired"),
        ([subscription(), subscription(quantity=100, created_at="2026-01-01T00:00:00Z")], "4,900.00 already"),
    ],
)
def test_says_why_no_price_gives_it(subscriptions: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(NotPriced, match=why):
        price(Fraction(640), subscriptions, PLANS, RATES, NOW)
