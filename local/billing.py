"""What a subscription must cost for its account to have a wanted MRR, by the product's own arithmetic."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from shared.accounts.money import NoRate, Rates
from shared.connectors.recurly.documents import Document
from shared.connectors.recurly.mrr import converted, monthly


class NotPriced(Exception):
    """No price of the account's oldest subscription gives the wanted MRR; the message says why."""


def price(
    wanted: Fraction, subscriptions: Sequence[Document], plans: Mapping[str, Document], rates: Rates, now: datetime
) -> Fraction:
    """The unit amount, at a quantity of 1, of the account's oldest subscription. Raises NotPriced."""
    if not subscriptions:
        raise NotPriced("the account has no subscription")

    def worth(subscription: Document) -> Fraction:
        return converted(monthly(subscription, plans, now), rates)

    first, *others = sorted(subscriptions, key=lambda one: str(one["created_at"]))
    try:
        rest = sum(map(worth, others), Fraction(0))
        free, one = (worth({**first, "quantity": 1, "unit_amount": amount}) for amount in (0, 1))
    except NoRate as error:
        raise NotPriced(str(error)) from error
    if free == one:
        raise NotPriced(f"the account's oldest subscription bills nothing: it is {first['state']} or on trial")
    found = (wanted - rest - free) / (one - free)
    if found < 0:
        raise NotPriced(f"its other subscriptions and add-ons make an MRR of {float(rest + free):,.2f} already")
    return found
