"""The signed link to an account's why page: whoever holds it may read that one page for two weeks, and nothing else."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.accounts.identity import AccountId

LASTS = timedelta(days=14)
LONGEST = 1_024
"""Characters of a token; more is refused unread. An account's id has at most 128."""
_PURPOSE = b"tierwright.why.1\n"
"""Signed with the rest: a signature made for anything else with the same key is none here."""
_DIGEST = hashlib.sha256
_DIGEST_BYTES = 32


class LinkRefused(Exception):
    """The token is no token of ours, or was changed. One message for all of it: a guesser learns nothing."""


class LinkExpired(LinkRefused):
    """The token was ours and its time is over."""


def url(public_url: str, token: str) -> str:
    return f"{public_url}/why/{token}"


def sign(account_id: AccountId, expires_at: datetime, key: str) -> str:
    """The token for one account's page, of the letters that an address takes unescaped."""
    content = f"{int(expires_at.timestamp())}.{account_id}".encode()
    return base64.urlsafe_b64encode(_signature(content, key) + content).decode().rstrip("=")


def open(token: str, keys: Sequence[str], now: datetime) -> AccountId:  # noqa: A001 - the two read as a pair: link.sign, link.open
    """The account that `token` was signed for with any of `keys`; raises LinkRefused, LinkExpired at its expiry."""
    signed = _decoded(token)
    signature, content = signed[:_DIGEST_BYTES], signed[_DIGEST_BYTES:]
    genuine = [hmac.compare_digest(signature, _signature(content, key)) for key in keys]
    if not any(genuine):
        raise LinkRefused("not a valid link")
    expires, _, account_id = content.decode().partition(".")
    if now.timestamp() >= int(expires):
        raise LinkExpired("the link has expired")
    return AccountId(account_id)


def _signature(content: bytes, key: str) -> bytes:
    if not key:
        raise ValueError("an empty key signs nothing")
    return hmac.new(key.encode(), _PURPOSE + content, _DIGEST).digest()


def _decoded(token: str) -> bytes:
    """Strictly: one form of each token, so that a changed letter is never without effect."""
    if len(token) > LONGEST or not token.isascii():
        raise LinkRefused("not a valid link")
    try:
        signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise LinkRefused("not a valid link") from error
    if base64.urlsafe_b64encode(signed).decode().rstrip("=") != token:
        raise LinkRefused("not a valid link")
    return signed
