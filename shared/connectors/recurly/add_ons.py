"""What a subscription's add-ons cost in one billing period, known in advance: usage is not."""

from fractions import Fraction

from shared.connectors.ports import BadRecord
from shared.connectors.recurly.documents import Document, amount, child, children, count, required, text


def period_total(subscription: Document) -> Fraction:
    """The price of the add-ons that are charged in advance, in the subscription's currency; raises BadRecord.

    `add_ons_total` is Recurly's own sum, tiers priced. Where usage is among the add-ons, what that sum counts for it
    is not documented, so the others are priced here.
    """
    add_ons = children(subscription, "add_ons")
    if not any(_is_usage(add_on) for add_on in add_ons):
        return amount(subscription, "add_ons_total") or Fraction(0)
    return sum((_price(add_on) for add_on in add_ons if not _is_usage(add_on)), Fraction(0))


def _is_usage(add_on: Document) -> bool:
    return text(child(add_on, "add_on"), "add_on_type") == "usage" or text(add_on, "usage_calculation_type") is not None


def _price(add_on: Document) -> Fraction:
    quantity = count(add_on, "quantity")
    quantity = 1 if quantity is None else quantity
    kind = text(add_on, "tier_type") or "flat"
    if kind == "flat":
        return _unit_amount(add_on) * quantity
    tiers = [(count(tier, "ending_quantity"), _unit_amount(tier)) for tier in children(add_on, "tiers")]
    match kind:
        case "tiered":
            return _tiered(tiers, quantity)
        case "volume":
            return _reached(tiers, quantity) * quantity
        case "stairstep":
            return _reached(tiers, quantity)
        case _:
            raise BadRecord(f"add-on {required(add_on, 'id')}: the pricing model {kind} is not known")


def _unit_amount(priced: Document) -> Fraction:
    """`unit_amount_decimal` has up to nine decimals and goes before the rounded one."""
    exact = amount(priced, "unit_amount_decimal")
    price = amount(priced, "unit_amount") if exact is None else exact
    if price is None:
        raise BadRecord("an add-on, or a tier of one, has no price")
    return price


def _tiered(tiers: list[tuple[int | None, Fraction]], quantity: int) -> Fraction:
    """Each unit at the price of the tier it falls in."""
    total, counted = Fraction(0), 0
    for ending, price in tiers:
        upto = quantity if ending is None else min(ending, quantity)
        total += price * max(upto - counted, 0)
        counted = max(upto, counted)
    if counted < quantity:
        raise BadRecord("an add-on's quantity is beyond its tiers")
    return total


def _reached(tiers: list[tuple[int | None, Fraction]], quantity: int) -> Fraction:
    """The price of the tier that the quantity falls in; no unit, no price."""
    if quantity == 0:
        return Fraction(0)
    for ending, price in tiers:
        if ending is None or quantity <= ending:
            return price
    raise BadRecord("an add-on's quantity is beyond its tiers")
