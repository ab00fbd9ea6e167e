"""JSON bombs as webhooks: the fault of whoever proved to have sent them, and unread where nobody did."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping

import pytest

from functions.webhook.handler import handle
from functions.webhook.service import MAX_BODY, Receiver
from shared.accounts.identity import SourceName
from shared.connectors.generic import webhook as generic
from shared.connectors.ports import Webhook
from shared.connectors.recurly import webhook as recurly
from shared.memory.queues import MemoryQueue
from shared.memory.secrets import MemorySecrets
from tests.support.bombs import bombs, heavy
from tests.support.builders import NOW
from tests.support.signing import GENERIC_SECRET, RECURLY_SECRET, generic_headers, recurly_headers

SECRETS = {"generic": GENERIC_SECRET, "recurly": RECURLY_SECRET}
ALL = {**bombs(MAX_BODY), **heavy(MAX_BODY)}
"""Neither source's documents are like these: each is refused."""


def signed_by_generic(body: bytes) -> dict[str, str]:
    """Not by the official library, which signs only what is UTF-8."""
    headers = generic_headers(b"", NOW)
    key = base64.b64decode(GENERIC_SECRET.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return headers | {"webhook-signature": f"v1,{base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()}"}


SIGN: Mapping[str, Callable[[bytes], Mapping[str, str]]] = {
    "generic": signed_by_generic,
    "recurly": lambda body: recurly_headers(body, NOW),
}


def send(source: str, headers: Mapping[str, str], body: bytes, webhook: Webhook) -> tuple[int, int]:
    """The status, and how many messages were queued."""
    queue = MemoryQueue()
    secrets = MemorySecrets({f"webhook/{source}": (SECRETS[source],)})
    event = {
        "headers": headers,
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
        "pathParameters": {"source": source},
    }
    answer = handle(event, Receiver({SourceName(source): webhook}, secrets, queue), NOW)
    return int(answer["statusCode"]), len(queue.sent)


class Unread:
    """A source whose bodies nobody is to read."""

    def __init__(self, webhook: Webhook) -> None:
        self.verify = webhook.verify

    def split(self, body: bytes) -> object:
        raise AssertionError(body[:40])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("source", "webhook"), [("generic", generic), ("recurly", recurly)])
def test_a_proven_sender_s_bomb_is_refused_whole(source: str, webhook: Webhook, name: str) -> None:
    body = ALL[name]
    assert len(body) <= MAX_BODY

    assert send(source, SIGN[source](body), body, webhook) == (400, 0)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("source", "webhook"), [("generic", generic), ("recurly", recurly)])
def test_a_stranger_s_bomb_is_not_even_read(source: str, webhook: Webhook, name: str) -> None:
    headers = SIGN[source](b"another body")

    assert send(source, headers, ALL[name], Unread(webhook)) == (401, 0)  # type: ignore[arg-type]  # it has no split


@pytest.mark.parametrize(("source", "webhook"), [("generic", generic), ("recurly", recurly)])
def test_a_byte_too_many_is_refused_unread_and_unproven(source: str, webhook: Webhook) -> None:
    body = b"[" * (MAX_BODY + 1)

    assert send(source, SIGN[source](body), body, Unread(webhook)) == (413, 0)  # type: ignore[arg-type]  # as above
