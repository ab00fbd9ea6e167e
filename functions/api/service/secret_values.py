"""The secrets of a source as an admin sends them; none is ever shown again, so errors don't quote them."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence

from shared.accounts.identity import SourceName
from shared.accounts.values import Json
from shared.rules.errors import Code
from shared.rules.reading import Reading

GENERIC = SourceName("generic")
MAX_SECRETS = 4
"""In force at once: one, and the next during a rotation."""
LEAST_KEY = 16
"""Bytes that a generic webhook's secret decodes to."""
_SECRET = re.compile(r"[!-~]{16,500}")


def parse_secrets(source: SourceName, document: Json) -> Mapping[str, Sequence[str]]:
    """What `{"webhook_secrets": [newest first], "api_key": ...}` sets, by the secret's name; raises DocumentRefused."""
    reading = Reading()
    given = {} if document is None else reading.members(document, "/secrets", optional=("webhook_secrets", "api_key"))
    found: dict[str, Sequence[str]] = {}
    if "webhook_secrets" in given:
        found[f"webhook/{source}"] = _webhook_secrets(source, given["webhook_secrets"], reading)
    if "api_key" in given:
        found[f"api/{source}"] = (_secret(given["api_key"], reading, "/secrets/api_key"),)
    reading.done()
    return found


def _webhook_secrets(source: SourceName, document: Json, reading: Reading) -> Sequence[str]:
    where = "/secrets/webhook_secrets"
    secrets = []
    for pointer, item in reading.items(document, where, at_most=MAX_SECRETS):
        secret = _secret(item, reading, pointer)
        if source == GENERIC and secret and not _is_key(secret):
            message = f"write whsec_ and the base64 of at least {LEAST_KEY} bytes"
            reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, message)
        secrets.append(secret)
    if not secrets:
        reading.refuse(where, Code.VALUE_NOT_FOR_TYPE, "write one secret, or the new one and the old")
    return secrets


def _secret(raw: Json, reading: Reading, pointer: str) -> str:
    if isinstance(raw, str) and _SECRET.fullmatch(raw):
        return raw
    reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write 16 to 500 printable ASCII characters without spaces")
    return ""


def _is_key(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) >= LEAST_KEY and any(key)
