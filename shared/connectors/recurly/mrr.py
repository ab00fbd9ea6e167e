"""MRR from Recurly's subscriptions, which have no such figure: what each bills in a month, before tax and coupons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from typing import Self

from shared.accounts.money import Currency, Rates
from shared.connectors.ports import BadRecord
from shared.connectors.recurly.add_ons import period_total
from shared.connectors.recurly.documents import Document, amount, child, children, count, moment, required

DAYS_A_MONTH = Fraction(365, 12)


class State(StrEnum):
    """Recurly's states of a subscription (SubscriptionStateEnum)."""

    ACTIVE = "active"
    CANCELED = "canceled"
    """Still running and paid for until its period ends; it will not renew."""
    PAUSED = "paused"
    """From a renewal on, for some cycles: nothing is billed meanwhile. One that is to pause later is still active."""
    FUTURE = "future"
    EXPIRED = "expired"
    FAILED = "failed"

    @classmethod
    def of(cls, subscription: Document) -> Self:
        """Raises BadRecord for a state that is not known here: counting it as nothing would demote its account."""
        name = required(subscription, "state")
        try:
            return cls(name)
        except ValueError as error:
            raise BadRecord(f"subscription {required(subscription, 'id')}: the state {name} is not known") from error


BILLING = frozenset({State.ACTIVE, State.CANCELED})


@dataclass(frozen=True, slots=True)
class Monthly:
    """What one subscription bills in a month, exactly."""

    amount: Fraction
    currency: Currency


def monthly(subscription: Document, plans: Mapping[str, Document], now: datetime) -> Monthly:
    """MRR of one subscription at `now`, by its plan's interval; raises BadRecord.

    A trial bills nothing yet. A change that is pending for the renewal does not count before it.
    """
    currency = Currency(required(subscription, "currency"))
    if State.of(subscription) not in BILLING or in_trial(subscription, now):
        return Monthly(Fraction(0), currency)
    quantity = count(subscription, "quantity")
    base = _unit_amount(subscription, now) * (1 if quantity is None else quantity)
    gross = base + period_total(subscription)
    return Monthly(gross / _tax(subscription) / _months(subscription, plans), currency)


def in_trial(subscription: Document, now: datetime) -> bool:
    ends = moment(subscription, "trial_ends_at")
    return ends is not None and ends > now


def turned(subscription: Document, now: datetime) -> Iterable[datetime]:
    """The moments up to `now` at which time alone changed what the subscription bills: Recurly's `updated_at` need not
    have moved then.
    """
    starts = (moment(interval, "starting_on") for interval in children(subscription, "ramp_intervals"))
    return [at for at in (moment(subscription, "trial_ends_at"), *starts) if at is not None and at <= now]


def total(parts: Iterable[Monthly], rates: Rates) -> Decimal:
    """The sum in the reporting currency, exact until it is rounded once; raises NoRate."""
    exact = sum((converted(part, rates) for part in parts), Fraction(0))
    with localcontext(prec=50):
        return rates.round(Decimal(exact.numerator) / Decimal(exact.denominator))


def converted(part: Monthly, rates: Rates) -> Fraction:
    """Unrounded; raises NoRate, but not for nothing: zero is zero in every currency."""
    if not part.amount:
        return Fraction(0)
    return Fraction(rates.convert(Decimal(part.amount.numerator), part.currency)) / part.amount.denominator


def _unit_amount(subscription: Document, now: datetime) -> Fraction:
    """The price of the ramp interval in force, else the subscription's own."""
    for interval in children(subscription, "ramp_intervals"):
        starts, ends = moment(interval, "starting_on"), moment(interval, "ending_on")
        price = amount(interval, "unit_amount")
        if price is not None and starts is not None and starts <= now and (ends is None or now < ends):
            return price
    price = amount(subscription, "unit_amount")
    if price is None:
        raise BadRecord(f"subscription {required(subscription, 'id')}: unit_amount is missing")
    return price


def _tax(subscription: Document) -> Fraction:
    """What to divide by to take the tax off: add-ons inherit `tax_inclusive` from the subscription.

    Recurly tells the rate of its own tax service only; without one the price stands as it is.
    """
    rate = amount(child(subscription, "tax_info"), "rate") if subscription.get("tax_inclusive") is True else None
    if rate is not None and not 0 <= rate < 1:
        raise BadRecord(f"subscription {required(subscription, 'id')}: the tax rate {rate} is no share")
    return 1 + (rate or Fraction(0))


def _months(subscription: Document, plans: Mapping[str, Document]) -> Fraction:
    """The length of one billing period, which only the plan has."""
    plan_id = required(child(subscription, "plan"), "id")
    plan = plans.get(plan_id)
    if plan is None:
        raise BadRecord(f"subscription {required(subscription, 'id')}: its plan {plan_id} was not found")
    length = count(plan, "interval_length")
    unit = required(plan, "interval_unit")
    if not length or unit not in ("months", "days"):
        raise BadRecord(f"plan {plan_id}: no billing interval of months or days")
    return Fraction(length) if unit == "months" else length / DAYS_A_MONTH
