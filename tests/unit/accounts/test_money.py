"""Currencies convert exactly and round once."""

from decimal import Decimal

import pytest

from shared.accounts.money import Currency, NoRate, Rates, exponent

USD = Currency("USD")
RATES = Rates(USD, {Currency("EUR"): Decimal("1.0856"), Currency("JPY"): Decimal("0.0066")}, revision=3)


def test_the_reporting_currency_is_left_as_it_is() -> None:
    assert RATES.convert(Decimal("1.005"), USD) == Decimal("1.005")


def test_an_amount_converts_without_rounding() -> None:
    assert RATES.convert(Decimal("0.01"), Currency("EUR")) == Decimal("0.010856")


def test_a_currency_without_a_rate_says_what_to_do() -> None:
    with pytest.raises(NoRate, match="no rate from GBP to USD: add it"):
        RATES.convert(Decimal(1), Currency("GBP"))


@pytest.mark.parametrize(
    ("reporting", "amount", "rounded"),
    [("USD", "0.125", "0.12"), ("USD", "0.135", "0.14"), ("JPY", "10.5", "10"), ("KWD", "1.23456", "1.235")],
)
def test_rounding_is_half_even_at_the_currencys_exponent(reporting: str, amount: str, rounded: str) -> None:
    assert Rates(Currency(reporting), {}, 0).round(Decimal(amount)) == Decimal(rounded)


def test_exponents_follow_iso_4217() -> None:
    assert [exponent(Currency(code)) for code in ("EUR", "JPY", "BHD", "CLF")] == [2, 0, 3, 4]
