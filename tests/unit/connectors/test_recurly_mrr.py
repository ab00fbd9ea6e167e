from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.catalogue import US_DOLLAR
from shared.accounts.money import Currency, NoRate, Rates
from shared.accounts.values import Json, moment_text
from shared.connectors.ports import BadRecord
from shared.connectors.recurly.mrr import Monthly, monthly, total, turned
from tests.unit.connectors.recurly_documents import (
    MONTHLY,
    NOW,
    PLANS,
    QUARTERLY,
    THIRTY_DAYS,
    USD,
    YEARLY,
    add_on,
    subscription,
)


def mrr(*subscriptions: dict[str, Json], rates: Rates = USD) -> str:
    return str(total([monthly(one, PLANS, NOW) for one in subscriptions], rates))


def price(text: str) -> Decimal:
    return Decimal(text)


ADD_ON_TIERS: list[Json] = [
    {"ending_quantity": 10, "unit_amount": Decimal("5.0")},
    {"ending_quantity": 20, "unit_amount": Decimal("4.0")},
    {"ending_quantity": None, "unit_amount": Decimal("3.0")},
]
USAGE = add_on(add_on={"id": "ao2", "code": "calls", "add_on_type": "usage"}, unit_amount=Decimal("0.5"), quantity=9)


def with_tiers(kind: str, quantity: int) -> dict[str, Json]:
    return add_on(tier_type=kind, quantity=quantity, unit_amount=None, tiers=ADD_ON_TIERS)


@pytest.mark.parametrize(
    ("plan_id", "change", "expected"),
    [
        (MONTHLY, {"unit_amount": price("49.0"), "quantity": 25}, "1225.00"),
        (YEARLY, {"unit_amount": price("1200.0"), "add_ons_total": price("120.0")}, "110.00"),
        (QUARTERLY, {"unit_amount": price("100.0")}, "33.33"),
        (THIRTY_DAYS, {"unit_amount": price("30.0")}, "30.42"),
        (MONTHLY, {"unit_amount": 49, "quantity": 0, "add_ons_total": 5}, "5.00"),
        (MONTHLY, {"quantity": None}, "49.00"),
        (MONTHLY, {"add_ons_total": None}, "49.00"),
        (MONTHLY, {"state": "canceled"}, "49.00"),
        (MONTHLY, {"state": "active", "paused_at": "2026-12-01T00:00:00Z", "remaining_pause_cycles": 2}, "49.00"),
        (MONTHLY, {"state": "paused"}, "0.00"),
        (MONTHLY, {"state": "expired"}, "0.00"),
        (MONTHLY, {"state": "failed"}, "0.00"),
        (MONTHLY, {"state": "future"}, "0.00"),
        (MONTHLY, {"trial_ends_at": "2026-11-22T07:00:01Z"}, "0.00"),
        (MONTHLY, {"trial_ends_at": "2026-11-22T07:00:00Z"}, "49.00"),
        (MONTHLY, {"pending_change": {"unit_amount": price("9.0"), "quantity": 1}}, "49.00"),
        (MONTHLY, {"currency": "EUR"}, "53.90"),
        (MONTHLY, {"currency": "JPY", "unit_amount": 10_000}, "67.00"),
        ("plan-unknown", {"state": "expired"}, "0.00"),
    ],
)
def test_one_subscription_bills(plan_id: str, change: dict[str, Json], expected: str) -> None:
    assert mrr(subscription(plan_id, **change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"tax_inclusive": True, "unit_amount": 119, "tax_info": {"rate": price("0.19")}}, "100.00"),
        (
            {"tax_inclusive": True, "unit_amount": 100, "add_ons_total": 19, "tax_info": {"rate": price("0.19")}},
            "100.00",
        ),
        ({"tax_inclusive": False, "unit_amount": 119, "tax_info": {"rate": price("0.19")}}, "119.00"),
        ({"tax_inclusive": True, "unit_amount": 119}, "119.00"),
        ({"tax_inclusive": True, "unit_amount": 119, "tax_info": None}, "119.00"),
    ],
)
def test_tax_inside_the_price_is_taken_off_where_its_rate_is_known(change: dict[str, Json], expected: str) -> None:
    assert mrr(subscription(MONTHLY, **change)) == expected


@pytest.mark.parametrize(
    ("add_ons", "expected"),
    [
        ([USAGE], "49.00"),
        ([USAGE, add_on(quantity=3)], "79.00"),
        ([USAGE, add_on(unit_amount=price("0.01"), unit_amount_decimal="0.005", quantity=1000)], "54.00"),
        ([USAGE, with_tiers("tiered", 0)], "49.00"),
        ([USAGE, with_tiers("tiered", 10)], "99.00"),
        ([USAGE, with_tiers("tiered", 25)], "154.00"),
        ([USAGE, with_tiers("volume", 10)], "99.00"),
        ([USAGE, with_tiers("volume", 11)], "93.00"),
        ([USAGE, with_tiers("volume", 25)], "124.00"),
        ([USAGE, with_tiers("stairstep", 11)], "53.00"),
        ([USAGE, with_tiers("stairstep", 0)], "49.00"),
        ([add_on(usage_calculation_type="cumulative", add_on={}), add_on()], "59.00"),
    ],
)
def test_usage_counts_nothing_and_other_add_ons_are_priced_by_tier(add_ons: list[Json], expected: str) -> None:
    assert mrr(subscription(add_ons=add_ons, add_ons_total=price("999.0"))) == expected


def test_without_usage_the_vendors_own_sum_of_the_add_ons_stands() -> None:
    assert mrr(subscription(add_ons=[with_tiers("tiered", 25)], add_ons_total=price("105.0"))) == "154.00"


RAMP: list[Json] = [
    {"starting_on": "2026-09-01T00:00:00Z", "ending_on": "2026-11-22T07:00:00Z", "unit_amount": price("20.0")},
    {"starting_on": "2026-11-22T07:00:00Z", "ending_on": "2027-02-01T00:00:00Z", "unit_amount": price("30.0")},
    {"starting_on": "2027-02-01T00:00:00Z", "ending_on": None, "unit_amount": price("40.0")},
]


def test_a_ramp_bills_the_price_of_the_interval_in_force() -> None:
    ramped = subscription(ramp_intervals=RAMP, unit_amount=price("20.0"), quantity=2)
    assert str(total([monthly(ramped, PLANS, NOW)], USD)) == "60.00"
    assert str(total([monthly(ramped, PLANS, NOW - timedelta(seconds=1))], USD)) == "40.00"
    assert str(total([monthly(ramped, PLANS, NOW + timedelta(days=100))], USD)) == "80.00"


def test_the_moments_that_changed_the_figure_without_an_update_are_known() -> None:
    ramped = subscription(ramp_intervals=RAMP, trial_ends_at="2026-11-20T00:00:00Z")
    assert [moment_text(at) for at in turned(ramped, NOW)] == [
        "2026-11-20T00:00:00Z",
        "2026-09-01T00:00:00Z",
        "2026-11-22T07:00:00Z",
    ]
    assert list(turned(subscription(trial_ends_at="2026-12-01T00:00:00Z"), NOW)) == []


def test_several_subscriptions_sum_before_they_are_rounded() -> None:
    third = subscription(QUARTERLY, unit_amount=price("100.0"))
    assert mrr(third, third, third) == "100.00"
    assert mrr(subscription(), subscription(currency="EUR"), subscription(state="expired")) == "102.90"
    assert mrr() == "0.00"


def test_a_currency_without_a_rate_says_so_unless_it_bills_nothing() -> None:
    with pytest.raises(NoRate, match="GBP"):
        mrr(subscription(currency="GBP"))
    assert mrr(subscription(currency="GBP", state="expired")) == "0.00"


@pytest.mark.parametrize(
    "wrong",
    [
        subscription(state="hibernating"),
        subscription(state=None),
        subscription(currency=None),
        subscription(unit_amount=None),
        subscription(unit_amount=True),
        subscription(unit_amount="1/3"),
        subscription(quantity=-1),
        subscription(quantity=Decimal("1.5")),
        subscription(trial_ends_at="tomorrow"),
        subscription("plan-unknown"),
        subscription(plan=None),
        subscription(add_ons={}),
        subscription(add_ons=[USAGE, add_on(unit_amount=None)]),
        subscription(add_ons=[USAGE, add_on(tier_type="spiral")]),
        subscription(add_ons=[USAGE, add_on(tier_type="tiered", quantity=30, tiers=ADD_ON_TIERS[:2])]),
        subscription(add_ons=[USAGE, add_on(tier_type="volume", quantity=30, tiers=ADD_ON_TIERS[:2])]),
        subscription(tax_inclusive=True, tax_info={"rate": 19}),
    ],
)
def test_what_can_not_be_priced_is_refused_and_not_taken_for_nothing(wrong: dict[str, Json]) -> None:
    with pytest.raises(BadRecord):
        mrr(wrong)


@pytest.mark.parametrize("length", [0, None, "1"])
def test_a_plan_without_an_interval_prices_nothing(length: Json) -> None:
    with pytest.raises(BadRecord):
        monthly(subscription(), {MONTHLY: {"id": MONTHLY, "interval_unit": "months", "interval_length": length}}, NOW)


subscriptions = st.builds(
    subscription,
    plan_id=st.sampled_from(sorted(PLANS)),
    unit_amount=st.decimals(0, 1_000_000, places=2),
    quantity=st.integers(0, 10_000),
    currency=st.sampled_from(["USD", "EUR", "JPY"]),
    state=st.sampled_from(["active", "canceled", "paused", "expired"]),
)


@given(st.lists(subscriptions, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_subscriptions_does_not_matter(found: list[dict[str, Json]], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' Random
    assert mrr(*found) == mrr(*shuffled)


@given(st.lists(subscriptions, max_size=6))
def test_the_figure_is_within_half_a_cent_of_the_exact_sum(found: list[dict[str, Json]]) -> None:
    worth = {"USD": Fraction(1), "EUR": Fraction("1.10"), "JPY": Fraction("0.0067")}
    parts = [monthly(one, PLANS, NOW) for one in found]
    exact = sum((part.amount * worth[part.currency] for part in parts), Fraction(0))
    assert abs(Fraction(mrr(*found)) - exact) <= Fraction(1, 200)


@given(st.integers(1, 10**12), st.integers(1, 10**6))
def test_a_part_in_the_reporting_currency_needs_no_rate(numerator: int, denominator: int) -> None:
    none = Rates(US_DOLLAR, {}, 0)
    part = Monthly(Fraction(numerator, denominator), Currency("USD"))
    assert abs(Fraction(total([part], none)) - part.amount) <= Fraction(1, 200)
