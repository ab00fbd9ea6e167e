"""Currencies: how many decimals each has, and conversion by the rates of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import NewType

Currency = NewType("Currency", str)
"""An ISO 4217 code in capitals."""

_EXPONENTS: Mapping[str, int] = {
    code: decimals
    for decimals, codes in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for code in codes.split()
}


def exponent(currency: Currency) -> int:
    """The decimals of the currency's minor unit (ISO 4217): 2 but for those listed above."""
    return _EXPONENTS.get(currency, 2)


class NoRate(ValueError):
    """The settings name no exchange rate for a currency."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of each currency is worth in the reporting currency."""

    reporting: Currency
    rates: Mapping[Currency, Decimal]
    revision: int

    def convert(self, amount: Decimal, currency: Currency) -> Decimal:
        """`amount` in the reporting currency, unrounded; raises NoRate where the settings have none."""
        if currency == self.reporting:
            return amount
        if currency not in self.rates:
            raise NoRate(f"no rate from {currency} to {self.reporting}: add it to the settings' rates")
        with localcontext(prec=50):
            return amount * self.rates[currency]

    def round(self, amount: Decimal) -> Decimal:
        """To the reporting currency's minor unit, half to even: sums of many rounded amounts don't drift."""
        with localcontext(prec=50):
            return amount.quantize(Decimal(1).scaleb(-exponent(self.reporting)), ROUND_HALF_EVEN)
