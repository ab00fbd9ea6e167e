"""Deliveries as they come in bad weather: out of order, some twice, some forged; and what their senders were told."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from random import Random

import urllib3

from tests.stack.customers import CSMS
from tests.stack.deployed import Deployed
from tests.stack.striking import Injector

ACCOUNTS = 8
AMOUNTS = ("150.00", "300.00", "550.00", "1100.00")
"""Of a record; an account has two, and its MRR is their sum."""
TWICE = 0.2
"""The share of deliveries that come again."""
SENDERS = 3
FORGED = 10**9
"""A version that beats all others, of deliveries that nobody signed."""


@dataclass(frozen=True, slots=True)
class Said:
    """One record's state, as its source tells it."""

    record: str
    version: int
    mrr: str

    def data(self) -> Mapping[str, object]:
        return {"external_id": self.record, "version": self.version, "fields": {"mrr": self.mrr}}


@dataclass(slots=True)
class Storm:
    random: Random
    injector: Injector
    taken: list[Said] = field(default_factory=list)
    """Whatever was answered with 200."""
    _versions: Iterator[int] = field(default_factory=lambda: count(2))
    """One for all: that a record's are not in a row is all the same to it."""

    @property
    def accounts(self) -> Sequence[str]:
        return [f"storm-{number}" for number in range(ACCOUNTS)]

    def found(self, deployed: Deployed) -> None:
        """The accounts, of two records each, in good weather: those that come apart would have to be joined later."""
        for name, csm in zip(self.accounts, CSMS, strict=False):
            first, second = (Said(f"{name}-{part}", 1, "550.00") for part in "ab")
            stated = {"external_ids": {"generic": second.record}}
            fields = {"mrr": first.mrr, "owner": csm}
            self._send(deployed, [first], {**first.data(), **stated, "fields": fields})
            deployed.wait(f"the account {name}", lambda first=first: _there(deployed, first.record))  # type: ignore[misc]
            self._send(deployed, [second], second.data())

    def rage(self, deployed: Deployed, *more: Said, rounds: int = 2) -> None:
        """Each record tells of as many states as there are `rounds`, none in its turn."""
        said = [self.next_of(f"{name}-{part}") for _ in range(rounds) for name in self.accounts for part in "ab"]
        said += more
        said += self.random.sample(said, int(TWICE * len(said)))
        self.random.shuffle(said)
        with ThreadPoolExecutor(SENDERS) as senders:
            for _ in senders.map(lambda one: self._send(deployed, [one], one.data()), said):
                pass
        for name in self.accounts[:2]:
            assert self._forged(deployed, Said(f"{name}-a", FORGED, "1.00")) == 401

    def next_of(self, record: str) -> Said:
        return Said(record, next(self._versions), self.random.choice(AMOUNTS))

    def together(self, deployed: Deployed, said: Sequence[Said]) -> None:
        """In one delivery: they meet in one batch."""
        self._send(deployed, said, [one.data() for one in said])

    def _send(self, deployed: Deployed, said: Sequence[Said], data: object) -> None:
        """A sender that gets no 200, or no answer in time, sends again."""

        def taken() -> bool:
            try:
                return deployed.deliver(data, at=self.injector.now).status == 200
            except urllib3.exceptions.HTTPError:
                return False

        deployed.wait(f"a 200 for {said[0].record}", taken)
        self.taken += said

    def _forged(self, deployed: Deployed, said: Said) -> int:
        body = json.dumps({"type": "account.updated", "data": said.data()}).encode()
        return deployed.post("generic", body, {"webhook-id": "forged", "webhook-signature": "v1,Zm9yZ2Vk"}).status


def _there(deployed: Deployed, record: str) -> bool:
    return bool(deployed.api().get(f"/v1/accounts?external_id=generic:{record}")["items"])
