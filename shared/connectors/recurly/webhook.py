"""Recurly's webhooks: the signature over thin JSON, and the object each names, as a hint where to look.

Sources: recurly/recurly-client-ruby `lib/recurly/webhooks.rb` for the signature; docs.recurly.com for the payload.
XML webhooks are not signed and so never authenticated.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.accounts.values import Json
from shared.connectors.ports import BadDelivery, Delivery, Hint, Unauthenticated
from shared.connectors.verification import any_equal, check_fresh, is_key, read_object

SUBJECTS: Mapping[str, str] = {
    "account": "account",
    "subscription": "subscription",
    "charge_invoice": "invoice",
    "credit_invoice": "invoice",
}
"""The object types whose object names its account, and what to fetch for each."""

_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}\Z", re.ASCII)
_TIME = re.compile(r"[0-9TZ.:+-]{1,40}\Z", re.ASCII)


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Returns if one of `secrets`, as its text stands, signed `body`; raises Unauthenticated, and nothing else.

    The header is the time in milliseconds and one signature or, during a rotation, several, between commas.
    """
    timestamp, *signatures = headers.get("recurly-signature", "").split(",")
    check_fresh(timestamp, timedelta(milliseconds=1), now)
    signed = timestamp.encode() + b"." + body
    for secret in secrets:
        if not secret.isascii() or not is_key(secret.encode()):
            continue
        if any_equal(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode(), signatures):
            return
    raise Unauthenticated("no signature matches")


def split(body: bytes) -> Delivery:
    """The hint in a verified body; raises BadDelivery.

    Recurly numbers no deliveries: the key is what happened to which object when, to the second. Two updates within one
    second share it, which loses nothing, since the object is fetched as it is.
    """
    document = read_object(body)
    kind, object_id, event = (_text(document, name, _WORD) for name in ("object_type", "id", "event_type"))
    at = _text(document, "event_time", _TIME)
    key = f"{kind}|{object_id}|{event}|{at}"
    if kind not in SUBJECTS:
        return Delivery(key, ignored=f"a {kind} leads to no account")
    return Delivery(key, hints=[Hint(f"{SUBJECTS[kind]}/{object_id}")])


def _text(document: Mapping[str, Json], name: str, form: re.Pattern[str]) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not form.match(value):
        raise BadDelivery(f"{name} is missing or malformed.")
    return value
