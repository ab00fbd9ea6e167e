"""Deliveries as their senders sign them: generic ones by the official SDK, Recurly's by its documented scheme."""

import hashlib
import hmac
import json
from datetime import datetime
from functools import cache

from standardwebhooks.webhooks import Webhook

GENERIC_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfg"
RECURLY_SECRET = "354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d"


_signer = cache(Webhook)


def generic_headers(
    body: bytes, now: datetime, *, secret: str = GENERIC_SECRET, delivery: str = "msg_1"
) -> dict[str, str]:
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": _signer(secret).sign(delivery, now, body.decode()),
    }


def recurly_body(kind: str, object_id: str, event_type: str, at: datetime, **more: str) -> bytes:
    """Thin, as the vendor's samples are: which object, and nothing of its content."""
    event = {
        "id": object_id,
        "object_type": kind,
        "site_id": "qc326l1hl8k9",
        "event_type": event_type,
        "event_time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **more,
    }
    return json.dumps(event, separators=(",", ":")).encode()


def recurly_headers(body: bytes, now: datetime, secret: str = RECURLY_SECRET) -> dict[str, str]:
    stamp = str(int(now.timestamp() * 1000))
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {"recurly-signature": f"{stamp},{signed.hexdigest()}"}
