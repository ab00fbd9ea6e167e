import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from shared.connectors.generic.webhook import MAX_RECORDS, split, verify
from shared.connectors.ports import BadDelivery, Unauthenticated

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another key of 24 bytes!").decode()
NOW = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)
BODY = b'{"type":"account.updated","data":{"external_id":"acct_42"}}'


def signed(
    *, body: bytes = BODY, secret: str = SECRET, at: datetime = NOW, message_id: str = "msg_1", **others: str
) -> dict[str, str]:
    """The headers that the official library would send."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
        **{name.replace("_", "-"): value for name, value in others.items()},
    }


def refused(headers: Mapping[str, str], *, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    try:
        verify(headers, body, secrets, NOW)
    except Unauthenticated:
        return True
    return False


def test_the_vector_of_the_standards_own_tests_verifies() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    at = datetime.fromtimestamp(1614265330, UTC)
    verify(headers, b'{"test": 2432232314}', [SECRET], at)
    with pytest.raises(Unauthenticated):
        verify(headers, b'{"test": 2432232315}', [SECRET], at)


def test_text_beyond_ascii_in_the_body_is_signed_as_its_bytes() -> None:
    body = '{"type":"account.updated","data":{"external_id":"acct_42","name":"Zoë €"}}'.encode()
    verify(signed(body=body), body, [SECRET], NOW)


@pytest.mark.parametrize(("off", "accepted"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_signature_counts_for_five_minutes_to_either_side(off: int, accepted: bool) -> None:  # noqa: FBT001 - a table
    headers = signed(at=NOW + timedelta(seconds=off))
    assert refused(headers) is not accepted


def test_during_a_rotation_either_secret_verifies() -> None:
    assert not refused(signed(secret=OTHER), secrets=(SECRET, OTHER))
    assert not refused(signed(secret=SECRET), secrets=(OTHER, SECRET))
    assert refused(signed(secret=OTHER), secrets=(SECRET,))


def test_one_matching_signature_among_several_suffices() -> None:
    ours = signed()["webhook-signature"]
    theirs = signed(secret=OTHER)["webhook-signature"]
    assert not refused(signed(webhook_signature=f"{theirs} v1a,bm8= {ours}"))


@pytest.mark.parametrize(
    "prefix",
    ["v1", "v1, ", "v2,xyz ", " ", "v1,\u00e9 ", ",,, ", "v1a,", "=" * 50 + " "],
)
def test_a_malformed_part_before_the_matching_one_does_no_harm(prefix: str) -> None:
    ours = signed()["webhook-signature"]
    assert not refused(signed(webhook_signature=f"{prefix} {ours}"))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "  "},
        {"webhook-signature": "v1,\udcff"},
        {"webhook-id": ""},
        {"webhook-id": "msg_\u00e9"},
        {"webhook-id": "m" * 257},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1795330800.5"},
        {"webhook-timestamp": "-1795330800"},
        {"webhook-timestamp": "١٧٩٥٣٣٠٨٠٠"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "nan"},
    ],
)
def test_a_malformed_header_is_unauthenticated(change: dict[str, str]) -> None:
    assert refused({**signed(), **change})


def test_a_signature_in_the_older_asymmetric_version_alone_is_refused() -> None:
    signature = signed()["webhook-signature"].replace("v1,", "v1a,")
    assert refused(signed(webhook_signature=signature))


def test_missing_headers_are_unauthenticated() -> None:
    assert refused({})


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_\u00e9", "whsec_***", "plain text", "whsec_A"])
def test_a_secret_that_is_none_verifies_nothing_and_hides_no_other(secret: str) -> None:
    assert refused(signed(), secrets=(secret,))
    assert not refused(signed(), secrets=(secret, SECRET))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_" + "A" * 44])
def test_a_delivery_signed_with_the_empty_key_is_refused(secret: str) -> None:
    """A key of null bytes alone is the empty one: HMAC fills keys up with them."""
    stamp = str(int(NOW.timestamp()))
    digest = hmac.new(b"", f"msg_1.{stamp}.".encode() + BODY, hashlib.sha256).digest()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    assert refused(headers, secrets=(secret,))


any_text = st.text(alphabet=st.characters(), max_size=60)
some_text = st.one_of(
    any_text, st.sampled_from(["v1,", "v1a,", " ", ",", "1795330800"]), st.from_regex(r"[0-9.]{1,30}")
)


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), some_text), st.binary()
)
def test_hostile_headers_and_bodies_are_refused_and_nothing_else_is_raised(
    headers: dict[str, str], body: bytes
) -> None:
    assert refused(headers, body=body, secrets=(SECRET, "not base64 at all", ""))


@given(any_text)
def test_hostile_secrets_are_refused_and_nothing_else_is_raised(secret: str) -> None:
    assert refused(signed(), secrets=(secret,))


@given(
    st.binary(min_size=24, max_size=64).filter(any), st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True), st.text()
)
def test_what_the_official_library_signs_verifies(key: bytes, message_id: str, text: str) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    body = json.dumps({"note": text}).encode()
    verify(signed(body=body, secret=secret, message_id=message_id), body, [secret], NOW)


def test_a_body_is_split_into_a_document_for_each_record() -> None:
    body = b'{"type":"t","timestamp":"2026-11-22T07:00:00Z","data":[{"external_id":"a"},{"external_id":"b"}]}'
    delivery = split(body)
    assert [document["data"] for document in delivery.records] == [{"external_id": "a"}, {"external_id": "b"}]
    assert {document["timestamp"] for document in delivery.records} == {"2026-11-22T07:00:00Z"}
    assert not delivery.hints
    assert delivery.ignored is None


def test_a_repeat_has_the_same_key_and_another_body_has_another() -> None:
    other = BODY.replace(b"acct_42", b"acct_43")
    assert split(BODY).key == split(BODY).key != split(other).key


def test_an_empty_array_asks_for_nothing_and_says_so() -> None:
    delivery = split(b'{"type":"account.updated","data":[]}')
    assert (list(delivery.records), delivery.ignored) == ([], "data has no records")


def with_records(count: int) -> bytes:
    return json.dumps({"type": "account.updated", "data": [{"external_id": "a"}] * count}).encode()


def test_at_most_five_hundred_records_come_at_once() -> None:
    assert len(split(with_records(MAX_RECORDS)).records) == MAX_RECORDS
    with pytest.raises(BadDelivery, match="501 records"):
        split(with_records(MAX_RECORDS + 1))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"type":"account.updated"}',
        b'{"type":"account.updated","data":null}',
        b'{"type":"account.updated","data":"acct_42"}',
        b'{"type":"account.updated","data":[{"external_id":"a"},null]}',
        b'{"type":"account.updated","type":"account.deleted","data":{}}',
        b'{"data":{"version":NaN}}',
        b'{"data":{"version":1e999}}',
        b'{"data":' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}",
        b'{"data":{"external_id":"\xff"}}',
        b'{"data":{"version":' + b"9" * 10_000 + b"}}",
    ],
)
def test_an_authenticated_body_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(BadDelivery):
        split(body)
