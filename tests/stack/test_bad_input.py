"""What the deployed webhook refuses, and that nothing is written for it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from local.webhooks import signed_headers
from tests.stack.deployed import Deployed
from tests.stack.metering import Meter
from tests.support.signing import recurly_body, recurly_headers

BODY = json.dumps(
    {"type": "account.updated", "timestamp": "2026-11-22T07:00:00Z", "data": {"external_id": "bad", "fields": {}}}
).encode()

type Request = tuple[str, bytes, Mapping[str, str]]


def generic(body: bytes, *, ago: timedelta = timedelta(0)) -> Callable[[Deployed], Request]:
    def request(deployed: Deployed) -> Request:
        at = datetime.now(UTC) - ago
        secret = deployed.running.stack.webhook_secrets["generic"]
        return "generic", body, signed_headers(secret, body, delivery_id="msg_bad", at=at)

    return request


def unsigned(source: str, body: bytes = BODY) -> Callable[[Deployed], Request]:
    return lambda _: (source, body, {"content-type": "application/json"})


def wrongly_signed(deployed: Deployed) -> Request:
    return ("generic", BODY + b" ", generic(BODY)(deployed)[2])


def recurly_with_foreign_secret(_: Deployed) -> Request:
    now = datetime.now(UTC)
    body = recurly_body("subscription", "x", "updated", now)
    return "recurly", body, recurly_headers(body, now)


REFUSED: Mapping[str, tuple[Callable[[Deployed], Request], int]] = {
    "unsigned": (unsigned("generic"), 401),
    "an unknown source": (unsigned("nobody"), 401),
    "wrongly signed": (wrongly_signed, 401),
    "another's secret": (recurly_with_foreign_secret, 401),
    "stale": (generic(BODY, ago=timedelta(minutes=6)), 401),
    "future-dated": (generic(BODY, ago=-timedelta(minutes=6)), 401),
    "oversize": (unsigned("generic", b"x" * (256 * 1024 + 1)), 413),
    "malformed": (generic(b'{"type":'), 400),
    "deep": (generic(b'{"data":' * 40 + b"{}" + b"}" * 40), 400),
    "duplicate keys": (generic(b'{"type":"a","type":"b"}'), 400),
    "not a number": (generic(b'{"type": NaN}'), 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_delivery_is_refused_and_nothing_is_written(name: str, deployed: Deployed, meter: Meter) -> None:
    request, status = REFUSED[name]
    source, body, headers = request(deployed)

    with meter.reading() as figures:
        reply = deployed.post(source, body, headers)

    assert reply.status == status
    assert ("webhook", "sqs.SendMessageBatch") not in figures.calls
