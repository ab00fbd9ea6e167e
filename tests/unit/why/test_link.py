"""Only a token that was signed here, unchanged and in time, opens a why page."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.identity import AccountId
from shared.why import link

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
LATER = NOW + link.LASTS
ACME = AccountId("acme")
TOKEN = link.sign(ACME, LATER, "new-key")


@given(st.text(min_size=1, max_size=128).filter(lambda text: text.isprintable()))
def test_what_is_signed_opens(account: str) -> None:
    token = link.sign(AccountId(account), LATER, "new-key")

    assert link.open(token, ["new-key"], NOW) == account
    assert all(char.isascii() and (char.isalnum() or char in "-_") for char in token)


def test_the_key_before_the_last_still_opens() -> None:
    assert link.open(TOKEN, ["newest", "new-key"], NOW) == ACME


def test_another_key_does_not_open() -> None:
    with pytest.raises(link.LinkRefused):
        link.open(TOKEN, ["another"], NOW)


def test_a_token_ends_at_its_very_expiry() -> None:
    assert link.open(TOKEN, ["new-key"], LATER - timedelta(seconds=1)) == ACME
    with pytest.raises(link.LinkExpired):
        link.open(TOKEN, ["new-key"], LATER)


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_no_changed_letter_goes_unnoticed(place: int) -> None:
    other = "A" if TOKEN[place] != "A" else "B"

    with pytest.raises(link.LinkRefused):
        link.open(TOKEN[:place] + other + TOKEN[place + 1 :], ["new-key"], NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "A",
        "AA",
        "=" * 8,
        TOKEN + "=",
        TOKEN + "A",
        TOKEN[:-1],
        "ü" + TOKEN,
        TOKEN + "\n",
        "%00",
        "\ud800",
        "A" * 5_000,
    ],
)
def test_a_malformed_token_is_refused(token: str) -> None:
    with pytest.raises(link.LinkRefused):
        link.open(token, ["new-key"], NOW)


@given(st.text(max_size=200))
def test_no_text_but_ours_opens_or_crashes(token: str) -> None:
    with pytest.raises(link.LinkRefused):
        link.open(token, ["new-key"], NOW)


@given(st.binary(max_size=200))
def test_no_bytes_but_ours_open_or_crash(signed: bytes) -> None:
    with pytest.raises(link.LinkRefused):
        link.open(base64.urlsafe_b64encode(signed).decode().rstrip("="), ["new-key"], NOW)


def test_an_empty_key_neither_signs_nor_opens() -> None:
    with pytest.raises(ValueError, match="empty key"):
        link.sign(ACME, LATER, "")
    with pytest.raises(ValueError, match="empty key"):
        link.open(TOKEN, [""], NOW)


def test_without_keys_nothing_opens() -> None:
    with pytest.raises(link.LinkRefused):
        link.open(TOKEN, [], NOW)


def test_the_link_leads_to_the_deployment() -> None:
    assert link.url("https://tiers.example.com", TOKEN) == f"https://tiers.example.com/why/{TOKEN}"
