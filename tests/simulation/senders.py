"""Those who send: events in waves, some out of order, some twice, and again for three days until they are taken."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from tests.simulation.customers import CHANGES, CROSSES, PLANS, Customer, pays
from tests.simulation.deployment import Deployment
from tests.support import signing

RETRIES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 82_800)
"""Seconds between attempts: 75 hours in all."""
DAY, ECHO = 24 * 3_600.0, 80 * 3_600.0
"""Seconds in which things happen, and those in which what was sent then still comes again."""
DUPLICATED = 0.2
REORDERED = 0.3
SKEWED = 0.003
"""Of attempts: signed by a clock that is up to ten minutes off."""
HOSTILE = 0.01
"""Besides: forged, malformed, too large, or unreadable ones."""
WAVES = 48
A_SECOND = 300.0
"""Events within a wave."""
HOT = 0.1
"""Of events: of one of the few customers who have most of them."""


@dataclass(slots=True)
class Said:
    """What one event said of a record, as its sender knows it."""

    version: int
    fields: Mapping[str, Any]
    deleted: bool = False


@dataclass(slots=True)
class Delivery:
    source: str
    body: bytes
    said: Said | None = None
    record: str = ""
    """Whose state it is or asks for: `generic:c-000001`."""
    attempts: int = 0
    accepted: bool = False
    forged: bool = False
    expected: int = 200


@dataclass
class Senders:
    deployment: Deployment
    customers: Sequence[Customer]
    random: Random
    crosses: float = CROSSES
    """Of events: the customer pays something else altogether."""
    day: float = DAY
    echo: float = ECHO
    accepted: dict[str, list[Said]] = field(default_factory=dict)
    """By record: every event that was answered with 200."""
    refused: list[str] = field(default_factory=list)
    """Statuses that nobody expected, with the delivery."""
    made: int = 0
    """Deliveries: originals and duplicates."""
    attempts: int = 0
    taken: int = 0
    """Deliveries, originals and duplicates, that were answered with 200."""
    given_up: int = 0
    under_way: int = 0

    def waves(self, deliveries: int) -> None:
        """Orders all that is to be sent within a day; duplicates come on top of the originals, up to `deliveries`."""
        originals = round(deliveries / (1 + DUPLICATED))
        for wave in range(WAVES):
            number = originals * (wave + 1) // WAVES - originals * wave // WAVES
            self.deployment.loop.after(wave * self.day / WAVES, partial(self._wave, number))

    def _wave(self, number: int) -> None:
        for _ in range(number):
            self.deployment.loop.after(self.random.random() * number / A_SECOND, self.event)

    def event(self) -> None:
        """Something happens at a customer's, and is told: late perhaps, or twice."""
        random = self.random
        hot = random.random() < HOT
        number = random.randrange(max(1, len(self.customers) // 100) if hot else len(self.customers))
        delivery = self._told(self.customers[number])
        delay = 0.3 * random.random()
        if random.random() < REORDERED:
            self.deployment.dice.count("delivery reordered")
            delay = self.deployment.dice.between(1, 3_600)
        self._order(delivery, delay)
        if random.random() < DUPLICATED:
            self.deployment.dice.count("delivery duplicated")
            self._order(
                Delivery(delivery.source, delivery.body, record=delivery.record),
                delay + self.deployment.dice.between(0.01, 0.93 * self.echo),
            )
        if random.random() < HOSTILE:
            self.deployment.loop.after(delay, lambda: self._attempt(self._hostile(delivery)))

    def once(self, customer: Customer) -> None:
        """Something happens, and is told at once and once."""
        self._order(self._told(customer), 0.3 * self.random.random())

    def _told(self, customer: Customer) -> Delivery:
        if customer.code is not None and self.random.random() < 0.5:
            return self._hint(customer, customer.code)
        return self._statement(customer, self.random.choice(customer.generic))

    def _statement(self, customer: Customer, name: str) -> Delivery:
        random = self.random
        version = customer.versions[name] = customer.versions.get(name, 0) + 1
        roll = random.random()
        if roll < 0.002 and version > 1:
            said = Said(version, {}, deleted=True)
        else:
            if roll < CHANGES or name not in customer.mrr:
                customer.mrr[name] = pays(customer, random, self.crosses)
            said = Said(version, {"mrr": customer.mrr[name], "owner": customer.owner})
            if random.random() < 0.2:
                said.fields = {**said.fields, "plan": random.choice((*PLANS, None))}
        data: dict[str, Any] = {"external_id": name, "version": version, "name": f"Customer {customer.number}"}
        if said.fields:
            data["fields"] = said.fields
        if name == customer.generic[0] and not customer.alone:
            data["external_ids"] = {"generic": list(customer.generic[1:]), "recurly": customer.code}
        kind = "account.deleted" if said.deleted else "account.updated"
        body = json.dumps({"type": kind, "timestamp": "2026-03-28T05:00:00Z", "data": data}).encode()
        return Delivery("generic", body, said, f"generic:{name}")

    def _hint(self, customer: Customer, code: str) -> Delivery:
        if self.random.random() < CHANGES or code not in customer.mrr:
            customer.mrr[code] = pays(customer, self.random, self.crosses)
        self.deployment.vendor.change(code, customer.mrr[code], self.random.choice(PLANS))
        body = signing.recurly_body("account", code, "updated", self.deployment.loop.now)
        return Delivery("recurly", body, None, f"recurly:{code}")

    def _hostile(self, model: Delivery) -> Delivery:
        roll = self.random.random()
        if roll < 0.5:
            forged = {
                "type": "account.updated",
                "data": {"external_id": "forged", "version": 10**9, "fields": {"mrr": 1}},
            }
            if model.record.startswith("generic:") and roll < 0.3:
                forged["data"] = {**forged["data"], "external_id": model.record.removeprefix("generic:")}  # type: ignore[dict-item]
            return Delivery("generic", json.dumps(forged).encode(), forged=True, expected=401)
        if roll < 0.7:
            return Delivery("generic", b'{"type": "account.updated", "data": 7}', expected=400)
        if roll < 0.8:
            return Delivery("generic", b"[" + b" " * (256 * 1024), expected=413)
        return Delivery("generic", b'{"type": "account.updated", "data": {"external_id": "", "version": 1}}')

    def send(self, delivery: Delivery) -> None:
        """At once, and again until it is taken."""
        self._order(delivery, 0)

    def _order(self, delivery: Delivery, delay: float) -> None:
        self.made += 1
        self.under_way += 1
        self.deployment.loop.after(delay, lambda: self._attempt(delivery))

    def _attempt(self, delivery: Delivery) -> None:
        now = self.deployment.loop.now
        if delivery.attempts == 0 and delivery.expected == 200 and self.random.random() < SKEWED:
            off = self.random.uniform(-600, 600)
            self.deployment.dice.count("sender's clock off")
            now = type(now).fromtimestamp(now.timestamp() + off, now.tzinfo)
        self.attempts += 1
        self.deployment.receive(delivery.source, self._headers(delivery, now), delivery.body, self._answer(delivery))

    def _headers(self, delivery: Delivery, now: Any) -> dict[str, str]:
        if delivery.source == "recurly":
            return signing.recurly_headers(delivery.body, now)
        secret = "whsec_Zm9yZ2VkIGZvcmdlZCBmb3JnZWQ=" if delivery.forged else signing.GENERIC_SECRET
        return signing.generic_headers(delivery.body, now, secret=secret)

    def _answer(self, delivery: Delivery) -> Callable[[int | None], None]:
        def answered(status: int | None) -> None:
            if status == 200:
                self._taken(delivery)
            elif delivery.expected != 200:
                if status not in (None, 503, delivery.expected):
                    self.refused.append(f"{status} instead of {delivery.expected}")
            elif delivery.record and delivery.attempts < len(RETRIES):
                self.deployment.dice.count("delivery retried")
                seconds = RETRIES[delivery.attempts] * self.echo / ECHO
                self.deployment.loop.after(seconds, lambda: self._attempt(delivery))
                delivery.attempts += 1
            elif delivery.record:
                self.given_up += 1
                self.under_way -= 1

        return answered

    def _taken(self, delivery: Delivery) -> None:
        if delivery.forged or delivery.expected != 200:
            self.refused.append(f"200 for what should get {delivery.expected}")
        elif delivery.record:
            self.under_way -= 1
            self.taken += 1
            if delivery.said is not None:
                self.accepted.setdefault(delivery.record, []).append(delivery.said)
