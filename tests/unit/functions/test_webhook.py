"""Webhooks as senders see them: what is taken, and how each refusal looks."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.webhook.handler import handle
from functions.webhook.http import request_of, response
from functions.webhook.service import MAX_BODY, Outcome, Receiver, Request, Verdict
from shared.accounts.identity import SourceName
from shared.connectors.generic import webhook as generic
from shared.connectors.ports import Delivery
from shared.connectors.recurly import webhook as recurly
from shared.memory.queues import MemoryQueue
from shared.memory.secrets import MemorySecrets
from shared.runtime import hints
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.hints import HintMessage

NOW = datetime(2026, 11, 22, 7, 0, 0, 123456, tzinfo=UTC)
KEY = b"k" * 32
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
RECURLY_SECRET = "r" * 64
GENERIC, RECURLY = SourceName("generic"), SourceName("recurly")
CANARY = "canary-4711"


def receiver(queue: MemoryQueue | None = None, **values: str) -> Receiver:
    secrets = {"generic": SECRET, "recurly": RECURLY_SECRET, **values}
    return Receiver(
        {GENERIC: generic, RECURLY: recurly},
        MemorySecrets({f"webhook/{source}": (value,) for source, value in secrets.items() if value}),
        queue or MemoryQueue(),
    )


def document(*records: Mapping[str, object]) -> bytes:
    data = records or ({"external_id": "acct_42", "version": 17, "fields": {"mrr": "1200.50"}},)
    return json.dumps({"type": "account.updated", "timestamp": "2026-11-22T07:00:00Z", "data": list(data)}).encode()


def signed(body: bytes, *, at: datetime = NOW, source: str = "generic") -> dict[str, Any]:
    stamp = str(int(at.timestamp()))
    proof = base64.b64encode(hmac.digest(KEY, f"msg_1.{stamp}.".encode() + body, hashlib.sha256)).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{proof}"}
    return event(body, headers, source=source)


def signed_by_recurly(body: bytes) -> dict[str, Any]:
    stamp = str(int(NOW.timestamp() * 1000))
    proof = hmac.new(RECURLY_SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return event(body, {"recurly-signature": f"{stamp},{proof}"}, source="recurly")


def event(body: bytes, headers: Mapping[str, str], *, source: str = "generic") -> dict[str, Any]:
    """API Gateway's payload format 2.0, as far as it is read."""
    return {
        "version": "2.0",
        "headers": dict(headers),
        "pathParameters": {"source": source},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def send(to: Receiver, sent: Mapping[str, Any]) -> dict[str, Any]:
    return response(to.take(request_of(sent), NOW))


def problem(answer: Mapping[str, Any]) -> dict[str, Any]:
    assert answer["headers"]["content-type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer["body"])
    assert document["status"] == answer["statusCode"]
    return document


def test_a_signed_record_is_queued_and_answered_with_nothing() -> None:
    queue = MemoryQueue()

    assert send(receiver(queue), signed(document())) == {"statusCode": 200, "body": ""}

    [message] = queue.sent
    hint = hints.read(message.body)
    assert (hint.source, hint.received_at, hint.attempt, hint.subject) == ("generic", NOW, 0, None)
    assert hint.record is not None
    assert hint.record["data"] == {"external_id": "acct_42", "version": 17, "fields": {"mrr": "1200.50"}}


def test_each_record_of_an_array_is_a_message_of_its_own() -> None:
    queue = MemoryQueue()

    send(receiver(queue), signed(document(*({"external_id": f"a{number}"} for number in range(500)))))

    read = [hints.read(message.body) for message in queue.sent]
    assert len(read) == 500
    assert len({hint.delivery for hint in read}) == 1


def test_a_body_that_is_only_a_hint_leaves_its_subject() -> None:
    queue = MemoryQueue()
    body = json.dumps(
        {"id": "sub1", "object_type": "subscription", "event_type": "updated", "event_time": "2026-11-22T07:00:00Z"}
    ).encode()

    assert send(receiver(queue), signed_by_recurly(body))["statusCode"] == 200

    assert hints.read(queue.sent[0].body) == HintMessage(
        RECURLY, "subscription|sub1|updated|2026-11-22T07:00:00Z", NOW, subject="subscription/sub1"
    )


def test_a_proven_delivery_that_asks_for_nothing_is_taken() -> None:
    queue = MemoryQueue()
    body = json.dumps(
        {"id": "p1", "object_type": "payment", "event_type": "failed", "event_time": "2026-11-22T07:00:00Z"}
    ).encode()

    assert send(receiver(queue), signed_by_recurly(body)) == {"statusCode": 200, "body": ""}
    assert queue.sent == []


def test_numbers_reach_the_queue_as_they_were_sent() -> None:
    queue = MemoryQueue()
    body = b'{"type":"account.updated","timestamp":"2026-11-22T07:00:00Z","data":{"fields":{"mrr":0.1000,"seats":1e2}}}'

    send(receiver(queue), signed(body))

    assert '"mrr":0.1000' in queue.sent[0].body
    record = hints.read(queue.sent[0].body).record
    assert record is not None
    assert record["data"] == {"fields": {"mrr": Decimal("0.1000"), "seats": Decimal(100)}}


def test_a_body_that_the_gateway_passes_as_text_is_verified_as_its_bytes() -> None:
    body = document({"external_id": "Grüße"})
    sent = signed(body) | {"body": body.decode(), "isBase64Encoded": False}

    assert send(receiver(), sent)["statusCode"] == 200


def test_header_names_are_matched_in_any_case() -> None:
    sent = signed(document())

    sent["headers"] = {name.title(): value for name, value in sent["headers"].items()}

    assert send(receiver(), sent)["statusCode"] == 200


def refused() -> list[tuple[str, dict[str, Any]]]:
    good = signed(document())
    headers = good["headers"]
    return [
        ("another body", good | {"body": base64.b64encode(b"{}").decode()}),
        ("no signature", event(document(), {})),
        ("no headers", {**good, "headers": None}),
        ("an empty signature", event(document(), headers | {"webhook-signature": ""})),
        ("a signature beyond ASCII", event(document(), headers | {"webhook-signature": "v1,ü"})),
        ("a stale timestamp", signed(document(), at=NOW - timedelta(minutes=5, seconds=1))),
        ("a future timestamp", signed(document(), at=NOW + timedelta(minutes=5, seconds=2))),
        ("a timestamp of 5,000 digits", event(document(), headers | {"webhook-timestamp": "9" * 5_000})),
        ("an unknown source", signed(document(), source="stripe")),
        ("a source that is a path", signed(document(), source="../why")),
        ("a source without a secret", signed_by_recurly(b"{}")),
        ("no source", {**good, "pathParameters": None}),
        ("flagged as base64 and none", good | {"body": "%%%"}),
        ("half a surrogate", good | {"body": "\ud800", "isBase64Encoded": False}),
        ("a null body", good | {"body": None}),
        ("headers that are a list", good | {"headers": ["x"]}),
        ("an empty event", {}),
    ]


@pytest.mark.parametrize("sent", [pytest.param(sent, id=name) for name, sent in refused()])
def test_whatever_proves_no_sender_is_refused_alike_and_queues_nothing(sent: dict[str, Any]) -> None:
    queue = MemoryQueue()

    answer = send(receiver(queue, recurly=""), sent)

    assert answer == response(Verdict(Outcome.UNAUTHENTICATED))
    assert answer["statusCode"] == 401
    assert problem(answer)["title"] == "Unauthorized"
    assert queue.sent == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b'{"data": 1}',
        b'{"data": [1]}',
        b'{"a": 1, "a": 2}',
        b'{"data": NaN}',
        b'{"data": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"data": {"version": ' + b"9" * 10_000 + b"}}",
        b'{"data": ' + json.dumps([{}] * 501).encode() + b"}",
        document({"external_id": "a"}, {"fields": {"name": "n" * (201 * 1024)}}),
    ],
    ids=lambda body: body[:24].decode(errors="replace"),
)
def test_a_proven_sender_reads_what_is_wrong_with_its_body_and_nothing_is_queued(body: bytes) -> None:
    queue = MemoryQueue()

    answer = send(receiver(queue), signed(body))

    assert answer["statusCode"] == 400
    [error] = problem(answer)["errors"]
    assert error["message"]
    assert queue.sent == []


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY + 1, 413), (MAX_BODY, 401)])
def test_a_body_above_256_kb_is_refused_before_anything_else(size: int, status: int) -> None:
    answer = send(receiver(), event(b"x" * size, {}, source="nobody"))

    assert answer["statusCode"] == status
    assert problem(answer)["type"] == "about:blank"


class Failing(MemorySecrets):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def current(self, name: str) -> Sequence[str]:
        raise self.error from LookupError(name)


def test_a_delivery_that_could_not_be_queued_is_to_be_sent_again() -> None:
    queue = MemoryQueue()
    queue.down = True

    assert problem(send(receiver(queue), signed(document())))["status"] == 503


@pytest.mark.parametrize("error", [Retryable("HTTP 500"), Permanent("AccessDeniedException")])
def test_while_secrets_can_not_be_read_senders_are_asked_to_come_again(error: Exception) -> None:
    answer = send(Receiver({GENERIC: generic}, Failing(error), MemoryQueue()), signed(document()))

    assert answer["statusCode"] == 503


class Faulty:
    """A vendor's module with a fault of its own."""

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
        raise TypeError(f"a fault over {headers}, {body!r}, {len(secrets)} secrets at {now}")

    def split(self, body: bytes) -> Delivery:
        raise TypeError(f"a fault over {body!r}")


def test_a_fault_of_ours_asks_the_sender_to_come_again() -> None:
    faulty = Receiver({GENERIC: Faulty()}, MemorySecrets({"webhook/generic": (SECRET,)}), MemoryQueue())

    assert send(faulty, signed(document()))["statusCode"] == 503


@given(
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x"]), st.text(max_size=40)
    ),
    body=st.one_of(
        st.none(), st.text(max_size=40), st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode())
    ),
    encoded=st.booleans(),
    source=st.one_of(st.sampled_from(["generic", "recurly"]), st.text(max_size=10)),
)
def test_nothing_that_a_stranger_sends_is_an_error_of_ours(
    headers: dict[str, str], body: str | None, *, encoded: bool, source: str
) -> None:
    queue = MemoryQueue()
    sent = {"headers": headers, "body": body, "isBase64Encoded": encoded, "pathParameters": {"source": source}}

    assert send(receiver(queue), sent)["statusCode"] == 401
    assert queue.sent == []


def logged(sent: Mapping[str, Any], capsys: pytest.CaptureFixture[str], level: str = "INFO") -> dict[str, Any]:
    handle(sent, receiver(), NOW, "request-1", level=level)
    out = capsys.readouterr().out
    assert CANARY not in out
    written: dict[str, Any] = json.loads(out)
    return written


def test_what_is_taken_leaves_no_line_beside_the_gateways(capsys: pytest.CaptureFixture[str]) -> None:
    handle(signed(document()), receiver(), NOW, "request-1")

    assert capsys.readouterr().out == ""


def test_a_stage_that_logs_at_debug_has_a_line_for_each_delivery(capsys: pytest.CaptureFixture[str]) -> None:
    written = logged(signed(document({"external_id": CANARY})), capsys, "DEBUG")

    assert written["level"] == "DEBUG"
    assert (written["service"], written["source"], written["messages"]) == ("webhook", "generic", 1)
    assert written["delivery"].startswith("sha256:")
    assert written["function_request_id"] == "request-1"
    assert "_aws" not in written


def test_a_refusal_is_one_line_of_log_and_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    written = logged(event(b"{}", {}), capsys)

    assert (written["level"], written["service"], written["source"]) == ("WARNING", "webhook", "generic")
    assert written["WebhooksRefused"] == 1
    assert written["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "WebhooksRefused", "Unit": "Count"}]
    assert written["_aws"]["Timestamp"] == int(NOW.timestamp() * 1000)


@pytest.mark.parametrize(
    "sent",
    [
        event(CANARY.encode(), {"webhook-id": CANARY, "authorization": CANARY}, source=CANARY),
        signed(f'{{"{CANARY}": 1, "{CANARY}": 2}}'.encode()),
    ],
)
def test_what_a_refused_sender_wrote_is_not_logged(sent: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    written = logged(sent, capsys)

    assert written["level"] == "WARNING"
    assert written["WebhooksRefused"] == 1


def test_a_request_keeps_the_bytes_that_were_signed() -> None:
    assert request_of(event(b"\x00\xff", {})) == Request("generic", {}, b"\x00\xff")
