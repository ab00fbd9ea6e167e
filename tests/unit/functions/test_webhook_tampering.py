"""A delivery that was changed anywhere after it was signed proves nothing: 401, no error of ours, nothing queued."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from functions.webhook.handler import handle
from functions.webhook.service import Receiver
from shared.accounts.identity import SourceName
from shared.connectors.generic import webhook as generic
from shared.connectors.recurly import webhook as recurly
from shared.memory.queues import MemoryQueue
from shared.memory.secrets import MemorySecrets
from tests.support.signing import GENERIC_SECRET, RECURLY_SECRET, generic_headers, recurly_body, recurly_headers

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
OTHER = "whsec_" + base64.b64encode(b"another key of 24 bytes!").decode()
OTHERS = {"generic": OTHER, "recurly": "another-secret-of-recurly"}
BODY = b'{"type":"account.updated","timestamp":"2026-11-22T07:00:00Z","data":{"external_id":"acct_42"}}'
HEADERS = {
    "generic": ("webhook-id", "webhook-timestamp", "webhook-signature"),
    "recurly": ("recurly-signature",),
}


@dataclass(frozen=True)
class Sent:
    """A request as the gateway hands it over, and the secrets that are in force."""

    source: str
    headers: Mapping[str, str]
    body: bytes
    secrets: Sequence[str]
    encoded: bool = True

    def answer(self) -> tuple[int, int]:
        """The status, and how many messages were queued."""
        queue = MemoryQueue()
        secrets = MemorySecrets({f"webhook/{self.source}": tuple(self.secrets)})
        webhooks = {SourceName("generic"): generic, SourceName("recurly"): recurly}
        receiver = Receiver(webhooks, secrets, queue)
        return int(handle(self._event(), receiver, NOW)["statusCode"]), len(queue.sent)

    def _event(self) -> dict[str, Any]:
        raw = base64.b64encode(self.body).decode() if self.encoded else self.body.decode(errors="surrogateescape")
        headers, source = dict(self.headers), {"source": self.source}
        return {"headers": headers, "body": raw, "isBase64Encoded": self.encoded, "pathParameters": source}

    def header(self, name: str, value: str) -> "Sent":
        return replace(self, headers={**self.headers, name: value})


def good(source: str, *, at: datetime = NOW) -> Sent:
    if source == "generic":
        return Sent(source, generic_headers(BODY, at), BODY, [GENERIC_SECRET])
    body = recurly_body("subscription", "sub1", "updated", NOW)
    return Sent(source, recurly_headers(body, at), body, [RECURLY_SECRET])


TAKEN, REFUSED = (200, 1), (401, 0)
sources = pytest.mark.parametrize("source", ["generic", "recurly"])


@sources
def test_what_was_not_changed_is_taken(source: str) -> None:
    assert good(source).answer() == TAKEN
    assert replace(good(source), encoded=False).answer() == TAKEN


@sources
def test_each_bit_of_the_body_and_of_each_header_counts(source: str) -> None:
    """Every single one: a header's flipped bit may make any character, a control character or a letter beyond ASCII."""
    sent = good(source)
    for place in range(8 * len(sent.body)):
        assert replace(sent, body=_flipped(sent.body, place)).answer() == REFUSED
    for name in HEADERS[source]:
        value = sent.headers[name].encode()
        for place in range(8 * len(value)):
            assert sent.header(name, _flipped(value, place).decode("latin-1")).answer() == REFUSED, (name, place)


@sources
def test_no_part_can_be_cut_off_or_added(source: str) -> None:
    sent = good(source)
    for length in range(len(sent.body)):
        assert replace(sent, body=sent.body[:length]).answer() == REFUSED
        assert replace(sent, body=sent.body[length + 1 :]).answer() == REFUSED
    for name in HEADERS[source]:
        value = sent.headers[name]
        for length in range(len(value)):
            assert sent.header(name, value[:length]).answer() == REFUSED
            assert sent.header(name, value[length + 1 :]).answer() == REFUSED
        assert replace(sent, headers={n: v for n, v in sent.headers.items() if n != name}).answer() == REFUSED
    for more in (b" ", b"\n", b"\x00", b"{}"):
        assert replace(sent, body=sent.body + more).answer() == REFUSED
        assert replace(sent, body=more + sent.body).answer() == REFUSED


@sources
@given(data=st.data())
def test_any_other_bytes_in_place_of_some_are_refused(source: str, data: st.DataObject) -> None:
    sent = good(source)
    begin = data.draw(st.integers(0, len(sent.body)))
    end = data.draw(st.integers(begin, len(sent.body)))
    changed = sent.body[:begin] + data.draw(st.binary(max_size=30)) + sent.body[end:]

    assert replace(sent, body=changed).answer() == (TAKEN if changed == sent.body else REFUSED)


@sources
@given(data=st.data())
def test_any_other_text_in_a_header_is_refused(source: str, data: st.DataObject) -> None:
    """Any that Python can hold: half surrogates, nulls, right-to-left marks."""
    sent, name = good(source), data.draw(st.sampled_from(HEADERS[source]))
    value = data.draw(st.text(st.characters(exclude_categories=[]), max_size=120))

    assert sent.header(name, value).answer() == REFUSED


@pytest.mark.parametrize("name", HEADERS["generic"])
def test_a_header_of_another_delivery_does_not_fit(name: str) -> None:
    other = generic_headers(BODY + b" ", NOW - timedelta(seconds=1), delivery="msg_2")

    assert good("generic").header(name, other[name]).answer() == REFUSED


@sources
def test_an_earlier_delivery_s_proof_does_not_fit_a_later_body(source: str) -> None:
    sent = good(source)

    assert replace(sent, body=sent.body.replace(b"updated", b"deleted")).answer() == REFUSED


def test_one_source_s_proof_is_none_of_another_s() -> None:
    both = {**good("generic").headers, **good("recurly").headers}

    assert replace(good("generic"), source="recurly", headers=both, secrets=[RECURLY_SECRET]).answer() == REFUSED
    assert replace(good("recurly"), source="generic", headers=both, secrets=[GENERIC_SECRET]).answer() == REFUSED


@sources
def test_another_secret_proves_nothing_and_of_several_in_force_any_does(source: str) -> None:
    sent = good(source)
    [secret], other = sent.secrets, OTHERS[source]

    assert replace(sent, secrets=[other]).answer() == REFUSED
    assert replace(sent, secrets=[other, secret]).answer() == TAKEN
    assert replace(sent, secrets=[secret, other]).answer() == TAKEN
    assert replace(sent, secrets=["whsec_", other, secret]).answer() == TAKEN
    assert replace(sent, secrets=[secret[:-1]]).answer() == REFUSED
    assert replace(sent, secrets=[]).answer() == REFUSED


@pytest.mark.parametrize("secret", ["", "whsec_", "====", " ", "whsec_====", "\u00e9", "\x00"])
@sources
def test_a_secret_that_is_empty_or_none_signs_nothing(source: str, secret: str) -> None:
    """Not even what was signed with the empty key."""
    sent, stamp = good(source), str(int(NOW.timestamp()))
    if source == "recurly":
        empty = recurly_headers(sent.body, NOW, "")
    else:
        digest = hmac.digest(b"", f"msg_1.{stamp}.".encode() + sent.body, hashlib.sha256)
        empty = {**sent.headers, "webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}

    assert replace(sent, secrets=[secret]).answer() == REFUSED
    assert replace(sent, secrets=[secret], headers=empty).answer() == REFUSED


@pytest.mark.parametrize(("seconds", "answer"), [(-301, REFUSED), (-300, TAKEN), (300, TAKEN), (301, REFUSED)])
@sources
def test_a_proof_counts_for_five_minutes_to_either_side_to_the_second(
    source: str, seconds: int, answer: tuple[int, int]
) -> None:
    assert good(source, at=NOW + timedelta(seconds=seconds)).answer() == answer


@pytest.mark.parametrize("milliseconds", [-300_001, 300_001])
def test_a_proof_of_recurly_s_counts_to_the_millisecond(milliseconds: int) -> None:
    assert good("recurly", at=NOW + timedelta(milliseconds=milliseconds)).answer() == REFUSED


STAMP = str(int(NOW.timestamp()))
OTHER_FORMS = [
    f" {STAMP}",
    f"{STAMP} ",
    f"+{STAMP}",
    f"{STAMP}.0",
    f"0{STAMP}",
    f"{int(STAMP):_}",
    f"{int(STAMP):x}",
    f"{STAMP}e0",
    "".join(chr(0x0660 + int(digit)) for digit in STAMP),
]


@pytest.mark.parametrize("stamp", OTHER_FORMS)
def test_a_time_in_another_form_is_part_of_what_was_signed(stamp: str) -> None:
    """Even where it means the same moment: the signature is over the header's text."""
    assert good("generic").header("webhook-timestamp", stamp).answer() == REFUSED


@sources
def test_a_header_that_came_twice_is_joined_by_the_gateway_and_fits_nothing(source: str) -> None:
    sent = good(source)
    for name in HEADERS[source]:
        for other in (sent.headers[name], "x"):
            joined = sent.header(name, f"{other},{sent.headers[name]}").answer()
            # Recurly's signatures stand between commas: the time twice makes the second one of them.
            assert joined == (TAKEN if source == "recurly" and other == sent.headers[name] else REFUSED), (name, other)


@sources
def test_headers_of_a_megabyte_are_refused_as_any_other(source: str) -> None:
    sent = good(source)
    for name in HEADERS[source]:
        for piece in ("x", "9", " ", ",", "v1,", "v1,AA== ", "\u00e9", "\x00"):
            assert sent.header(name, piece * (1_000_000 // len(piece))).answer() == REFUSED


def test_a_good_signature_after_ten_thousand_bad_ones_is_found() -> None:
    sent = good("generic")
    many = " ".join(["v1,AAAA"] * 10_000)

    assert sent.header("webhook-signature", f"{many} {sent.headers['webhook-signature']}").answer() == TAKEN


@sources
def test_the_flag_that_says_how_a_body_is_written_changes_nothing_of_what_was_signed(source: str) -> None:
    sent = good(source)
    as_text = replace(sent, body=base64.b64encode(sent.body), encoded=False)

    assert as_text.answer() == REFUSED
    assert replace(sent, body=base64.b64encode(sent.body)).answer() == REFUSED
    assert replace(sent, body=sent.body + b"\xff\xfe", encoded=False).answer() == REFUSED


class Official(Webhook):
    """The official verifier, at a moment of ours."""

    def _Webhook__verify_timestamp(self, timestamp_header: str) -> datetime:  # noqa: N802 - the base's private method
        at = datetime.fromtimestamp(float(timestamp_header), tz=UTC)
        if abs(at - NOW) > timedelta(minutes=5):
            raise ValueError(timestamp_header)
        return at

    def takes(self, sent: Sent) -> bool:
        """Whatever it raises is a refusal: of hostile headers it raises much. Parts of the list of signatures that are
        none are left out: they would stop it short of the others.
        """
        parts = [part for part in sent.headers["webhook-signature"].split(" ") if part.count(",") == 1]
        try:
            self.verify(sent.body, {**sent.headers, "webhook-signature": " ".join(parts)}, json_parse=False)
        except Exception:  # noqa: BLE001 - see above
            return False
        return True


VALUES: Sequence[Callable[[str], str]] = (
    lambda value: value,
    lambda value: f"{value} ",
    lambda value: f" {value}",
    lambda value: value.replace("v1,", "v1a,"),
    lambda value: value.replace("v1,", "v2,"),
    lambda value: value.replace("v1,", ""),
    lambda value: f"v1,AAAA {value}",
    lambda value: f"{value} v1,AAAA",
    lambda value: value.swapcase(),
    lambda value: value[:-1],
    lambda value: value.replace("1", "2"),
    lambda value: value[:0],
)
changes = st.fixed_dictionaries(dict.fromkeys(HEADERS["generic"], st.sampled_from(VALUES)))


@given(
    change=changes,
    seconds=st.integers(-310, 310),
    secret=st.sampled_from([GENERIC_SECRET, OTHER]),
    body=st.sampled_from([BODY, BODY[:-1], json.dumps({"note": "Zoë €"}, ensure_ascii=False).encode()]),
)
@example(change=dict.fromkeys(HEADERS["generic"], VALUES[0]), seconds=0, secret=GENERIC_SECRET, body=BODY)
@example(change=dict.fromkeys(HEADERS["generic"], VALUES[0]), seconds=300, secret=GENERIC_SECRET, body=BODY)
def test_what_the_official_verifier_refuses_is_refused_and_what_it_takes_is_taken(
    change: Mapping[str, Callable[[str], str]], seconds: int, secret: str, body: bytes
) -> None:
    signed = generic_headers(BODY, NOW + timedelta(seconds=seconds), secret=secret)
    headers = {name: change[name](value) for name, value in signed.items()}
    sent = Sent("generic", headers, body, [GENERIC_SECRET])
    official = Official(GENERIC_SECRET).takes(sent)
    ours = sent.answer() != REFUSED

    assert ours is (official and not _looser(headers))


def _looser(headers: Mapping[str, str]) -> bool:
    """Where the official verifier takes what is not to the letter what was signed: it reads a time as a number, and
    passes over what is no base64 in a signature.
    """
    time, signatures = headers["webhook-timestamp"], headers["webhook-signature"].split(" ")
    return not time.isdecimal() or not any(part.startswith("v1,") and _strict(part[3:]) for part in signatures)


def _strict(signature: str) -> bool:
    try:
        return len(base64.b64decode(signature, validate=True)) == hashlib.sha256().digest_size
    except (ValueError, binascii.Error):
        return False


def _flipped(text: bytes, place: int) -> bytes:
    changed = bytearray(text)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)
