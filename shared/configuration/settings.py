"""The deployment's settings: time zone, reporting currency, exchange rates, fallback recipients."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from shared.accounts.catalogue import US_DOLLAR
from shared.accounts.money import Currency, Rates
from shared.tiers.breaker import Limits


@dataclass(frozen=True, slots=True)
class Settings:
    time_zone: str = "UTC"
    """An IANA name: whose calendar `today` and the digest's hour are."""
    reporting_currency: Currency = US_DOLLAR
    rates: Mapping[Currency, Decimal] = field(default_factory=dict)
    """Units of the reporting currency that one unit of each currency is worth."""
    rates_revision: int = 0
    """Counts the changes of currency and rates: what was computed under an earlier revision is older."""
    fallback_recipients: tuple[str, ...] = ()
    """E-mail addresses that get the notices of accounts without a CSM."""
    override_days: int | None = None
    """How long an override lasts that names no expiry; None: until it is cleared."""
    digest_hour: int = 8
    """The local hour of the daily digest."""
    breaker: Limits = field(default_factory=Limits)
    """How many demotions by data go through before a person must look."""

    @property
    def exchange(self) -> Rates:
        return Rates(self.reporting_currency, self.rates, self.rates_revision)
