"""The generic webhook's outer shell: Standard Webhooks signatures, and one document for each record of a body.

Source of the form: standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from shared.accounts.values import Json
from shared.connectors.ports import BadDelivery, Delivery, Unauthenticated
from shared.connectors.verification import any_equal, check_fresh, is_key, read_object

MAX_RECORDS = 500
MAX_ID = 256


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Returns if one of `secrets` (`whsec_` and base64) signed `body`; raises Unauthenticated, and nothing else."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not (message_id.isascii() and message_id.isprintable() and 0 < len(message_id) <= MAX_ID):
        raise Unauthenticated("webhook-id is missing or malformed")
    check_fresh(timestamp, timedelta(seconds=1), now)
    signatures = list(_signatures(headers.get("webhook-signature", "")))
    signed = f"{message_id}.{timestamp}.".encode() + body
    for key in _keys(secrets):
        if any_equal(base64.b64encode(hmac.digest(key, signed, hashlib.sha256)), signatures):
            return
    raise Unauthenticated("no signature of version v1 matches")


def _signatures(header: str) -> Iterator[str]:
    """The base64 texts of version v1 in the space-separated list; others, malformed ones too, are passed over."""
    for part in header.split(" "):
        version, _, signature = part.partition(",")
        if version == "v1":
            yield signature


def _keys(secrets: Sequence[str]) -> Iterator[bytes]:
    """A secret that is no base64, or empty, signs nothing: another in force may still match."""
    for secret in secrets:
        text = secret.removeprefix("whsec_")
        try:
            key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except ValueError:
            continue
        if is_key(key):
            yield key


def split(body: bytes) -> Delivery:
    """One document (`type`, `timestamp`, one record's `data`) for each record of `body`; raises BadDelivery.

    What a single record says is judged when it is read, so that one bad record does not refuse its neighbours. The
    key is the content's: a repeat under the same `webhook-id` has it again, another body under that id has not.
    """
    document = read_object(body)
    records = _records(document.get("data"))
    envelope = {name: document[name] for name in ("type", "timestamp") if name in document}
    return Delivery(
        key=f"sha256:{hashlib.sha256(body).hexdigest()}",
        records=[{**envelope, "data": record} for record in records],
        ignored=None if records else "data has no records",
    )


def _records(data: Json) -> list[Json]:
    records: list[Json] = data if isinstance(data, list) else [data]
    if len(records) > MAX_RECORDS:
        raise BadDelivery(f"data has {len(records)} records: send at most {MAX_RECORDS} at once.")
    if not all(isinstance(record, Mapping) for record in records):
        raise BadDelivery("data is neither an object nor an array of objects.")
    return records
