"""Settings are read with every error at once, and count the changes of rates."""

from decimal import Decimal

import pytest

from shared.accounts.money import Currency
from shared.accounts.values import Json
from shared.configuration.settings import Settings
from shared.configuration.settings_document import parse_settings, settings_to_json
from shared.rules.errors import DocumentRefused

FULL: dict[str, Json] = {
    "time_zone": "Europe/Berlin",
    "reporting_currency": "EUR",
    "rates": {"USD": "0.92", "GBP": 1},
    "fallback_recipients": ["cs@example.com"],
    "override_days": 90,
    "digest_hour": 7,
}


def refused(document: Json) -> dict[str, str]:
    with pytest.raises(DocumentRefused) as error:
        parse_settings(document)
    return {found.pointer: found.code.value for found in error.value.errors}


def test_an_empty_document_is_a_fresh_deployment() -> None:
    assert parse_settings({}) == Settings()


def test_settings_survive_the_round_trip() -> None:
    settings = parse_settings(FULL)

    assert settings.rates == {Currency("USD"): Decimal("0.92"), Currency("GBP"): Decimal(1)}
    assert parse_settings(settings_to_json(settings)) == settings


def test_every_error_is_told_at_once() -> None:
    document: Json = {
        "time_zone": "Mars/Olympus",
        "reporting_currency": "eur",
        "rates": {"USD": "0", "gbp": "1", "JPY": "x"},
        "fallback_recipients": ["cs@example.com", "nobody", "cs@example.com"],
        "override_days": 0,
        "digest_hour": True,
        "colour": "red",
    }

    assert refused(document) == {
        "/colour": "unknown_key",
        "/time_zone": "value_not_for_type",
        "/reporting_currency": "value_not_for_type",
        "/rates/USD": "value_not_for_type",
        "/rates/gbp": "value_not_for_type",
        "/rates/JPY": "value_not_for_type",
        "/fallback_recipients/2": "duplicate_id",
        "/fallback_recipients/1": "value_not_for_type",
        "/override_days": "value_not_for_type",
        "/digest_hour": "value_not_for_type",
    }


@pytest.mark.parametrize("document", [None, [], "x", 5])
def test_what_is_no_object_is_refused(document: Json) -> None:
    assert refused(document) == {"": "value_not_for_type"}


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "", "UTC\x00", "x" * 65])
def test_a_time_zone_is_no_path(zone: str) -> None:
    assert "/time_zone" in refused({"time_zone": zone})


@pytest.mark.parametrize(
    "address",
    ["a@b\nBcc: x@y.example", "a b@c.example", "@c.example", "a@", "a@-c.example", "ä@c.example", "a@b," * 90],
)
def test_a_recipient_is_one_plain_address(address: str) -> None:
    assert "/fallback_recipients/0" in refused({"fallback_recipients": [address]})


def test_only_a_change_of_currency_or_rates_counts_as_a_revision() -> None:
    first = parse_settings(FULL, Settings())
    same = parse_settings({**FULL, "digest_hour": 9}, first)
    other = parse_settings({**FULL, "rates": {"USD": "0.93"}}, same)

    assert (first.rates_revision, same.rates_revision, other.rates_revision) == (1, 1, 2)


def test_a_client_does_not_choose_the_revision() -> None:
    assert parse_settings({"rates_revision": 99}, Settings()).rates_revision == 0
