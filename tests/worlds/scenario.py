"""A scenario as plain data: what happens, wave by wave, to a small town of customers, in whatever world it is played.

All is at rest between two waves. Within a wave a customer's amounts lead to one tier, so that in whatever order its
deliveries come, and however they are batched, the same rows of history, alerts and notices follow.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from local.sandboxes.recurly.faults import Kind
from tests.support.signing import recurly_body

SENT_AT = "2026-03-28T05:00:00Z"
DELETED = "account.deleted"
UPDATED = "account.updated"


class Poison(StrEnum):
    """What becomes of a worker that looks up a poisoned record."""

    RAISES = "raises"
    DIES = "dies"


@dataclass(frozen=True, slots=True)
class Billed:
    """A customer as the billing system knows it: its code, and the id of its account there."""

    code: str
    id: str
    plan: str
    months: int
    """That its one subscription bills at a time."""


@dataclass(frozen=True, slots=True)
class Customer:
    records: Sequence[str]
    """Of the generic source, `w-001`; the first of them, which leads, names the others."""
    billed: Billed | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook; a duplicate is equal to its original."""

    id: str
    record: str
    """Whose state it is or asks for: `generic:w-001`, `recurly:acme`."""
    kind: str = UPDATED
    data: Mapping[str, Any] = field(default_factory=dict)
    """Of the generic source."""
    object_id: str = ""
    """At the billing system."""

    @property
    def source(self) -> str:
        return self.record.partition(":")[0]

    @property
    def version(self) -> int:
        """Of the generic source."""
        return int(self.data["version"])

    def body(self, at: datetime) -> bytes:
        if self.source == "recurly":
            return recurly_body("account", self.object_id, "updated", at)
        return json.dumps({"type": self.kind, "timestamp": SENT_AT, "data": self.data}).encode()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the vendor answers in the place of an answer, or how late, for some requests."""

    kind: Kind
    times: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What an admin says of an account's tier: an override, or with no tier that it is over."""

    record: str
    """That founded the account."""
    tier: str | None
    hours: int | None = None
    """None: until it is cleared."""

    @property
    def reason(self) -> str | None:
        return self.tier and f"as good as {self.tier}"


@dataclass(frozen=True, slots=True)
class Wave:
    deliveries: Sequence[Delivery]
    charges: Mapping[Billed, str] = field(default_factory=dict)
    """What customers pay at the vendor from the wave's beginning on."""
    troubles: Sequence[Trouble] = ()
    poison: Mapping[str, Poison] = field(default_factory=dict)
    """By record, for as long as the wave lasts."""
    repaired: Sequence[str] = ()
    """Records whose dead letters go on their way again before the wave begins."""
    wishes: Sequence[Wish] = ()
    """What is set before the wave begins."""


@dataclass(frozen=True)
class Scenario:
    seed: str
    customers: Sequence[Customer]
    waves: Sequence[Wave]
    owners: Sequence[str]
    """E-mail addresses of users."""

    @property
    def deliveries(self) -> Iterator[Delivery]:
        return (delivery for wave in self.waves for delivery in wave.deliveries)

    @cached_property
    def figures(self) -> Mapping[str, int]:
        sent = [*self.deliveries]
        return {
            "deliveries": len(sent),
            "duplicates": len(sent) - len({delivery.id + str(delivery.data) for delivery in sent}),
            "hints": sum(delivery.source == "recurly" for delivery in sent),
            "poisonous": sum(delivery.record in wave.poison for wave in self.waves for delivery in wave.deliveries),
            "overrides": sum(len(wave.wishes) for wave in self.waves),
            "vendor faults": sum(trouble.times for wave in self.waves for trouble in wave.troubles),
        }
