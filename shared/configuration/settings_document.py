"""The settings as a JSON document: what an admin reads and saves."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.accounts.money import Currency
from shared.accounts.values import Json, parse_decimal
from shared.configuration.breaker_document import limits_to_json, parse_limits
from shared.configuration.settings import Settings
from shared.rules.errors import Code
from shared.rules.reading import Reading, escaped

KEYS = ("time_zone", "reporting_currency", "rates", "fallback_recipients", "override_days", "digest_hour", "breaker")
MAX_RATES = 200
MAX_RECIPIENTS = 20
MAX_OVERRIDE_DAYS = 3_650
LAST_HOUR = 23

_CURRENCY = re.compile(r"[A-Z]{3}\Z", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])\Z", re.ASCII)
MAX_ADDRESS = 254


def parse_settings(document: Json, before: Settings | None = None) -> Settings:
    """The settings that the document gives; keys left out take a fresh deployment's. Raises DocumentRefused.

    Where currency or rates differ from `before`, `rates_revision` is one higher.
    """
    reading = Reading()
    given = reading.members(document, "", optional=(*KEYS, "rates_revision"))
    fresh = Settings()
    settings = Settings(
        time_zone=_time_zone(reading, given.get("time_zone", fresh.time_zone)),
        reporting_currency=_currency(
            reading, given.get("reporting_currency", fresh.reporting_currency), "/reporting_currency"
        ),
        rates=_rates(reading, given.get("rates", {})),
        fallback_recipients=_recipients(reading, given.get("fallback_recipients", [])),
        override_days=_override_days(reading, given.get("override_days")),
        digest_hour=reading.whole(given.get("digest_hour", fresh.digest_hour), "/digest_hour", least=0, most=LAST_HOUR),
        breaker=parse_limits(given.get("breaker", {}), reading, "/breaker"),
    )
    reading.done()
    return replace(settings, rates_revision=_revision(settings, given.get("rates_revision"), before))


def settings_to_json(settings: Settings) -> dict[str, Json]:
    return {
        "time_zone": settings.time_zone,
        "reporting_currency": settings.reporting_currency,
        "rates": {code: format(rate, "f") for code, rate in sorted(settings.rates.items())},
        "fallback_recipients": list(settings.fallback_recipients),
        "override_days": settings.override_days,
        "digest_hour": settings.digest_hour,
        "breaker": limits_to_json(settings.breaker),
        "rates_revision": settings.rates_revision,
    }


def _revision(settings: Settings, stored: Json, before: Settings | None) -> int:
    """The server counts revisions: a client's figure is read only where no earlier settings are at hand (the store)."""
    if before is None:
        return stored if isinstance(stored, int) else 0
    same = (settings.reporting_currency, settings.rates) == (before.reporting_currency, before.rates)
    return before.rates_revision + (0 if same else 1)


def _time_zone(reading: Reading, value: Json) -> str:
    name = reading.text(value, "/time_zone", at_most=64)
    if not name:
        return name
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reading.refuse("/time_zone", Code.VALUE_NOT_FOR_TYPE, "write an IANA time zone such as Europe/Berlin")
    return name


def _currency(reading: Reading, value: Json, pointer: str) -> Currency:
    if not isinstance(value, str) or not _CURRENCY.match(value):
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write an ISO 4217 code in capitals, such as EUR")
        return Currency("")
    return Currency(value)


def _rates(reading: Reading, value: Json) -> dict[Currency, Decimal]:
    if not isinstance(value, dict):
        reading.refuse("/rates", Code.VALUE_NOT_FOR_TYPE, 'write an object such as {"EUR": "1.08"}')
        return {}
    if len(value) > MAX_RATES:
        reading.refuse("/rates", Code.TOO_MANY, f"at most {MAX_RATES} currencies")
        return {}
    rates = {}
    for code, raw in value.items():
        pointer = f"/rates/{escaped(code)}"
        rate = reading.attempt(partial(parse_decimal, raw), pointer, Decimal(1))
        if rate <= 0:
            reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "a rate is above zero")
        rates[_currency(reading, code, pointer)] = rate
    return rates


def _recipients(reading: Reading, value: Json) -> tuple[str, ...]:
    found = reading.texts(value, "/fallback_recipients", at_most=MAX_RECIPIENTS)
    for index, address in enumerate(found):
        if address and (len(address) > MAX_ADDRESS or not _ADDRESS.match(address)):
            reading.refuse(
                f"/fallback_recipients/{index}",
                Code.VALUE_NOT_FOR_TYPE,
                "write an e-mail address such as cs@example.com",
            )
    return found


def _override_days(reading: Reading, value: Json) -> int | None:
    return None if value is None else reading.whole(value, "/override_days", least=1, most=MAX_OVERRIDE_DAYS)
