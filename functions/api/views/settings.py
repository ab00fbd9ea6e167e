"""The JSON of the settings."""

from typing import Annotated, TypedDict, cast

from pydantic import Field

from shared.configuration.breaker_document import limits_to_json
from shared.configuration.settings import Settings
from shared.tiers.breaker import Limits


class LimitsView(TypedDict):
    max_demotions_pct: Annotated[int, Field(description="Of all accounts, within the span.")]
    min_accounts: Annotated[int, Field(description="With fewer accounts the breaker never trips.")]
    within: Annotated[str, Field(description="The span, such as `1h` or `90m`.")]


class SettingsView(TypedDict):
    time_zone: Annotated[str, Field(description="An IANA name: whose calendar `today` and the digest's hour are.")]
    reporting_currency: str
    rates: Annotated[
        dict[str, str], Field(description="What one unit of each currency is worth in the reporting currency.")
    ]
    fallback_recipients: Annotated[
        list[str], Field(description="E-mail addresses that are told of accounts without a CSM.")
    ]
    override_days: Annotated[int | None, Field(description="How long an override lasts that names no expiry.")]
    digest_hour: int
    breaker: Annotated[LimitsView, Field(description="When demotions by data are held until somebody has looked.")]
    rates_revision: int


def settings_view(settings: Settings) -> SettingsView:
    return SettingsView(
        time_zone=settings.time_zone,
        reporting_currency=settings.reporting_currency,
        rates={code: format(rate, "f") for code, rate in sorted(settings.rates.items())},
        fallback_recipients=list(settings.fallback_recipients),
        override_days=settings.override_days,
        digest_hour=settings.digest_hour,
        breaker=limits_view(settings.breaker),
        rates_revision=settings.rates_revision,
    )


def limits_view(limits: Limits) -> LimitsView:
    return cast("LimitsView", limits_to_json(limits))
