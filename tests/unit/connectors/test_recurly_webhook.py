import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.values import Json
from shared.connectors.ports import BadDelivery, Hint, Unauthenticated
from shared.connectors.recurly.webhook import split, verify

SECRET = "354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d"
BODY = (
    b'{"id":"rjxwmwedwqug","object_type":"account","site_id":"qc326l1hl8k9","event_type":"created",'
    b'"event_time":"2022-09-13T21:18:40Z","account_code":"adfas23zzz14123"}'
)
OFFICIAL = "1663103925004,ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3"
"""The fixed vector of recurly-client-ruby's webhooks_spec."""
AT = datetime(2022, 9, 13, 21, 18, 45, 4000, tzinfo=UTC)


def header(*, secret: str = SECRET, body: bytes = BODY, at: datetime = AT) -> str:
    stamp = str(round(at.timestamp() * 1000))
    return f"{stamp},{hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def refused(value: str | None, *, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    try:
        verify({} if value is None else {"recurly-signature": value}, body, secrets, AT)
    except Unauthenticated:
        return True
    return False


def test_the_official_vector_verifies_and_no_other_body_does() -> None:
    assert not refused(OFFICIAL)
    assert refused(OFFICIAL, body=BODY + b"\n")


def test_our_own_signature_is_the_official_one() -> None:
    assert header() == OFFICIAL


@pytest.mark.parametrize(("off", "accepted"), [(300_000, True), (-300_000, True), (300_001, False), (-300_001, False)])
def test_a_signature_counts_for_five_minutes_to_the_millisecond(off: int, accepted: bool) -> None:  # noqa: FBT001 - a table
    assert refused(header(at=AT + timedelta(milliseconds=off))) is not accepted


def test_during_a_rotation_any_signature_and_any_secret_may_match() -> None:
    both = f"{header(secret='another')},{OFFICIAL.partition(',')[2]}"
    assert not refused(both)
    assert not refused(header(secret="another"), secrets=(SECRET, "another"))
    assert refused(header(secret="another"))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        ",",
        "1663103925004",
        "1663103925004,",
        OFFICIAL.replace(",", ";"),
        OFFICIAL.upper(),
        "1663103925.004" + OFFICIAL[13:],
        "t=" + OFFICIAL,
        "٣" + OFFICIAL[1:],
        "9" * 5000 + OFFICIAL[13:],
        "1663103925004,\u00e9\udcff",
        "NaN,ad24",
    ],
)
def test_a_malformed_header_is_unauthenticated(value: str | None) -> None:
    assert refused(value)


@pytest.mark.parametrize("secret", ["", "\0", "\0" * 32])
def test_a_delivery_signed_with_the_empty_key_is_refused(secret: str) -> None:
    """A key of null bytes alone is the empty one: HMAC fills keys up with them."""
    assert refused(header(secret=""), secrets=(secret,))


@given(st.text(max_size=100), st.binary(), st.lists(st.text(max_size=20), max_size=3))
def test_hostile_input_is_refused_and_nothing_else_is_raised(value: str, body: bytes, secrets: list[str]) -> None:
    assert refused(value, body=body, secrets=tuple(secrets))
    assert refused("1663103925004," + value, body=body, secrets=tuple(secrets))


def thin(**change: Json) -> bytes:
    return json.dumps({**json.loads(BODY), **change}).encode()


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("account", "account/rjxwmwedwqug"),
        ("subscription", "subscription/rjxwmwedwqug"),
        ("charge_invoice", "invoice/rjxwmwedwqug"),
        ("credit_invoice", "invoice/rjxwmwedwqug"),
    ],
)
def test_an_object_that_names_its_account_is_a_hint(kind: str, subject: str) -> None:
    delivery = split(thin(object_type=kind))
    assert (list(delivery.hints), list(delivery.records)) == ([Hint(subject)], [])
    assert delivery.ignored is None


def test_the_key_is_what_happened_to_which_object_when() -> None:
    assert split(BODY).key == "account|rjxwmwedwqug|created|2022-09-13T21:18:40Z"
    assert split(thin(event_type="updated")).key != split(BODY).key


def test_an_object_that_leads_to_no_account_is_ignored_with_the_reason() -> None:
    delivery = split(thin(object_type="plan"))
    assert (list(delivery.hints), delivery.ignored) == ([], "a plan leads to no account")


@pytest.mark.parametrize(
    "body",
    [
        b"<new_account_notification/>",
        b"[]",
        b"{}",
        thin(id=None),
        thin(id=""),
        thin(id="../plans/1"),
        thin(id="a/b"),
        thin(id=".."),
        thin(object_type=7),
        thin(event_type="x" * 65),
        thin(event_time=None),
    ],
)
def test_an_authenticated_body_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(BadDelivery):
        split(body)
