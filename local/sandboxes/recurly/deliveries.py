"""Webhooks as Recurly sends them: thin signed JSON, the same body however often it is delivered."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import urllib3

from local.sandboxes.recurly.site import Object
from shared.accounts.values import moment_text

SITE = "qc326l1hl8k9"
ANSWER_SECONDS = 5.0
"""What Recurly waits for an answer."""


class NotLocal(ValueError):
    """The stand-in sends to this machine only."""


def thin(kind: str, found: Object, event_type: str, at: datetime) -> bytes:
    """The body: which object of what kind, and nothing of its content."""
    named = {"subscription": {"uuid": found.get("uuid")}, "account": {"account_code": found.get("code")}}
    event = {
        "id": found["id"],
        "object_type": kind,
        "site_id": SITE,
        "event_type": event_type,
        "event_time": moment_text(at),
        **named.get(kind, {}),
    }
    return json.dumps(event, separators=(",", ":")).encode()


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The `recurly-signature` header."""
    stamp = str(int(at.timestamp() * 1000))
    return f"{stamp},{hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def deliver(url: str, body: bytes, *, secret: str, clock: Callable[[], datetime], times: int) -> list[int]:
    """The answers' status codes, 0 where none came; each attempt is signed anew. Raises NotLocal."""
    host = urlsplit(url).hostname or ""
    if host not in ("127.0.0.1", "localhost") and not host.endswith(".localhost"):
        raise NotLocal(f"{url} is not on this machine")
    with urllib3.PoolManager(timeout=ANSWER_SECONDS, retries=False) as pool:
        return [_attempt(pool, url, body, signature(secret, body, clock())) for _ in range(times)]


def _attempt(pool: urllib3.PoolManager, url: str, body: bytes, signed: str) -> int:
    headers = {"Content-Type": "application/json; charset=utf-8", "recurly-signature": signed}
    try:
        return pool.request("POST", url, body=body, headers=headers, redirect=False).status
    except urllib3.exceptions.HTTPError:
        return 0
