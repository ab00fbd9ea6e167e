"""The JSON of the settings."""

from typing import Annotated, TypedDict

from pydantic import Field

from shared.configuration.settings import Settings


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
    rates_revision: int


def settings_view(settings: Settings) -> SettingsView:
    return SettingsView(
        time_zone=settings.time_zone,
        reporting_currency=settings.reporting_currency,
        rates={code: format(rate, "f") for code, rate in sorted(settings.rates.items())},
        fallback_recipients=list(settings.fallback_recipients),
        override_days=settings.override_days,
        digest_hour=settings.digest_hour,
        rates_revision=settings.rates_revision,
    )
