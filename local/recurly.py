"""The Recurly sandbox as the demo drives it: read by the product's own client, changed by its control surface."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import urllib3

from local.billing import price
from local.stackfile import SandboxAddress
from shared.accounts.catalogue import US_DOLLAR
from shared.accounts.money import Rates
from shared.connectors.recurly.api import Api
from shared.connectors.recurly.documents import Document, child, required
from shared.connectors.transport import Host

_TIMEOUT_SECONDS = 30.0
_CENTS_OF_CENTS = 6
"""Decimals that Recurly keeps of a unit amount."""
_OK = 200
FRESH_RATES = Rates(US_DOLLAR, {}, 0)
"""Of a fresh deployment: none."""


class SandboxRefused(Exception):
    """The sandbox, or whoever it sent to, answered with an error; the message has it."""


class Recurly:
    def __init__(self, address: SandboxAddress) -> None:
        self._url = address.url
        self._api = Api(Host(address.url, loopback=True), address.api_key)

    def codes(self) -> Sequence[str]:
        """Of every account."""
        now = datetime.now(UTC)
        return [required(row, "code") for page in self._api.pages("/accounts?limit=200", now) for row in page.rows]

    def announce(self, reference: str, *, kind: str = "subscription", times: int = 1) -> None:
        """Lets the sandbox send one webhook of an object, by its id or as `code-acme`, `times` times.

        Raises SandboxRefused.
        """
        event = {"object_type": kind, "id": reference, "event_type": "updated", "times": times}
        answers = self._control("POST", "/_sandbox/webhooks", event)["deliveries"]
        if set(answers) != {_OK}:
            raise SandboxRefused(f"the webhook was answered {answers}")

    def reprice(self, code: str, mrr: Fraction, rates: Rates = FRESH_RATES) -> str:
        """Reprices the account's oldest subscription, whose id it returns, and tells nobody.

        Raises NotPriced, SandboxRefused.
        """
        now = datetime.now(UTC)
        rows = [row for page in self._api.pages(f"/accounts/code-{code}/subscriptions", now) for row in page.rows]
        wanted = round(float(price(mrr, rows, self._plans(rows, now), rates, now)), _CENTS_OF_CENTS)
        path = f"/_sandbox/accounts/code-{code}/subscription?notify=false"
        changed = self._control("PATCH", path, {"quantity": 1, "unit_amount": wanted})["subscription"]
        return str(changed["id"])

    def _plans(self, rows: Sequence[Document], now: datetime) -> dict[str, Document]:
        ids = {required(child(row, "plan"), "id") for row in rows}
        return {plan_id: self._api.get("plans", plan_id, now).document for plan_id in ids}

    def _control(self, method: str, path: str, body: object) -> dict[str, Any]:
        answer = urllib3.request(
            method, f"{self._url}{path}", body=json.dumps(body), timeout=_TIMEOUT_SECONDS, retries=False
        )
        if answer.status != _OK:
            raise SandboxRefused(f"{method} {path}: {answer.status} {answer.data.decode()}")
        content: dict[str, Any] = answer.json()
        return content
