"""Signed deliveries of the generic source, as another system would send them (Standard Webhooks)."""

import base64
import hashlib
import hmac
from datetime import datetime


def signed_headers(secret: str, body: bytes, *, delivery_id: str, at: datetime) -> dict[str, str]:
    """`secret`: `whsec_` and the key in base64."""
    timestamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b".".join((delivery_id.encode(), timestamp.encode(), body)), hashlib.sha256)
    return {
        "content-type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
