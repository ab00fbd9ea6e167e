"""The billing system as a scenario sees it: what it bills, and its bad moments; as a twin, or as the sandbox."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import urllib3

from local.sandboxes.recurly.faults import Kind
from shared.accounts.money import Rates
from shared.configuration.records import SourceRecord
from shared.connectors.ports import Hint, VendorUnavailable
from tests.simulation.faults import Dice
from tests.simulation.loop import Loop
from tests.simulation.vendor import Vendor
from tests.worlds.scenario import Billed, Trouble


class Billing(Protocol):
    def charge(self, billed: Billed, mrr: str) -> None:
        """Tells nobody."""
        ...

    def trouble(self, trouble: Trouble) -> None:
        """From now on, for so many requests."""
        ...

    def heal(self) -> None: ...


class TwinBilling(Vendor):
    """Billing, and the connector to it, by the simulator's twin: a whole request fails where one answer would."""

    def __init__(self, loop: Loop, dice: Dice) -> None:
        super().__init__(loop, dice)
        self._codes: dict[str, str] = {}
        """By account id."""
        self._coming: deque[Trouble] = deque()

    def charge(self, billed: Billed, mrr: str) -> None:
        self._codes[billed.id] = billed.code
        self.change(billed.code, mrr, billed.plan)

    def trouble(self, trouble: Trouble) -> None:
        self._coming.extend([trouble] * trouble.times)

    def heal(self) -> None:
        self._coming.clear()

    def fetch(self, hint: Hint, *, rates: Rates, now: datetime) -> Sequence[SourceRecord]:
        account_id = hint.subject.removeprefix("account/")
        return super().fetch(Hint(f"account/{self._codes[account_id]}"), rates=rates, now=now)

    def _answers(self) -> None:
        trouble = self._coming.popleft() if self._coming else None
        if trouble is None:
            super()._answers()
        elif trouble.kind is Kind.SLOW:
            self._loop.pause(trouble.seconds)
        else:
            self._dice.count("vendor failed")
            raise VendorUnavailable(f"the vendor did not answer: {trouble.kind}", retry_after=trouble.seconds or None)


class SandboxBilling:
    """Billing, by the sandbox's own surface."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_sandbox"

    def charge(self, billed: Billed, mrr: str) -> None:
        price = {"quantity": 1, "unit_amount": f"{float(mrr) * billed.months:.2f}"}
        self._ask("PATCH", f"/accounts/code-{billed.code}/subscription?notify=false", price)

    def trouble(self, trouble: Trouble) -> None:
        self._ask("POST", "/faults", {"kind": trouble.kind, "times": trouble.times, "seconds": trouble.seconds})

    def heal(self) -> None:
        self._ask("DELETE", "/faults", {})

    def _ask(self, method: str, path: str, body: Mapping[str, object]) -> None:
        """Raises AssertionError."""
        answer = urllib3.request(method, f"{self._url}{path}", body=json.dumps(body))
        assert answer.status == 200, f"{method} {path}: {answer.status} {answer.data.decode()}"
