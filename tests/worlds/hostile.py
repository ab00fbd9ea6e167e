"""Deliveries that nobody should take: each world must give them the same answers, and nothing may come of them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from local.webhooks import signed_headers

VERSION = 10**9
"""That would beat all others."""
FORGED = json.dumps(
    {"type": "account.updated", "data": {"external_id": "w-000", "version": VERSION, "fields": {"mrr": "1.00"}}}
).encode()
ANOTHERS_SECRET = "whsec_Zm9yZ2VkIGZvcmdlZCBmb3JnZWQ="


def hostile(secret: str, now: datetime) -> Mapping[str, tuple[Mapping[str, str], bytes]]:
    """Headers and body, by what is wrong with them. `secret`: the generic source's."""

    def signed(body: bytes, *, by: str = secret, at: datetime = now) -> tuple[Mapping[str, str], bytes]:
        return signed_headers(by, body, delivery_id="msg-hostile", at=at), body

    headers, _ = signed(FORGED)
    return {
        "unsigned": ({}, FORGED),
        "signed by another": signed(FORGED, by=ANOTHERS_SECRET),
        "changed on its way": (headers, FORGED.replace(b"1.00", b"9.00")),
        "replayed an hour later": signed(FORGED, at=now - timedelta(hours=1)),
        "signed an hour ahead": signed(FORGED, at=now + timedelta(hours=1)),
        "no record": signed(b'{"type": "account.updated", "data": 7}'),
        "no JSON": signed(b'{"type": '),
        "too large": signed(b"[" + b" " * (256 * 1024)),
        "a record without an id": signed(b'{"type": "account.updated", "data": {"external_id": "", "version": 1}}'),
    }
