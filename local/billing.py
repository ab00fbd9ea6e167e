"""What a subscription must cost for its account to have a wanted MRR, by the product's own arithmetic."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from shared.connectors.recurly.documents import Document
from shared.connectors.recurly.mrr import monthly

_CURRENCY = "USD"
"""The reporting currency of a fresh deployment, in which amounts need no rate."""


class NotPriced(Exception):
    """No price of the account's oldest subscription gives the wanted MRR; the message says why."""


def price(
    wanted: Fraction, subscriptions: Sequence[Document], plans: Mapping[str, Document], now: datetime
) -> Fraction:
    """The unit amount, at a quantity of 1, of the account's oldest subscription. Raises NotPriced."""
    if not subscriptions:
        raise NotPriced("the account has no subscription")
    if any(one["currency"] != _CURRENCY for one in subscriptions):
        raise NotPriced(f"the account bills in another currency than {_CURRENCY}, for which no rate is set")
    first, *others = sorted(subscriptions, key=lambda one: str(one["created_at"]))
    rest = sum((monthly(one, plans, now).amount for one in others), Fraction(0))
    free, one = (monthly({**first, "quantity": 1, "unit_amount": amount}, plans, now).amount for amount in (0, 1))
    if free == one:
        raise NotPriced(f"the account's oldest subscription bills nothing: it is {first['state']} or on trial")
    found = (wanted - rest - free) / (one - free)
    if found < 0:
        raise NotPriced(f"its other subscriptions and add-ons make an MRR of {float(rest + free):,.2f} already")
    return found
