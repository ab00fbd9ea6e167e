"""What must come out of what senders and people did: a plain fold over the events, with none of the product's code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.simulation.customers import Customer
from tests.simulation.senders import Said
from tests.simulation.vendor import Customer as Billed

SCALE = 10_000
TIERS = ("tier-1", "tier-2", "tier-3")


@dataclass(frozen=True, slots=True)
class Ladder:
    """A policy as the oracle knows it: at least so much for the first tier, at least so much for the second."""

    high: int
    mid: int
    patience: int = 0
    """Minutes that a demotion waits."""
    skips: bool = False
    """It was published so that what it decides otherwise does not wait."""

    def tier(self, mrr: int | None) -> str:
        """Of an amount in ten-thousandths."""
        if mrr is not None and mrr >= self.high * SCALE:
            return "tier-1"
        return "tier-2" if mrr is not None and mrr >= self.mid * SCALE else "tier-3"


@dataclass(slots=True)
class Expected:
    """One record: its latest version, and for each field the value with its version."""

    version: int
    values: dict[str, tuple[int, Any]]


@dataclass(frozen=True, slots=True)
class Override:
    tier: str
    until: int | None
    """In microseconds of the run; it is over at that very moment."""


@dataclass
class People:
    """What people did that stands."""

    ladders: dict[int, Ladder] = field(default_factory=dict)
    """By policy version."""
    overrides: dict[str, list[Override | None]] = field(default_factory=dict)
    """By record, in the order in which they were set; None: cleared."""

    @property
    def ladder(self) -> Ladder:
        """The one in force."""
        return self.ladders[max(self.ladders)]

    def overridden(self, record: str, at: int) -> str | None:
        said = self.overrides.get(record)
        last = said[-1] if said else None
        return last.tier if last is not None and (last.until is None or at < last.until) else None


def fell(before: str | None, after: str | None) -> bool:
    """From one tier to another; below all is none."""
    return before is not None and (after is None or TIERS.index(after) > TIERS.index(before))


def fold(said: Iterable[Said]) -> Expected:
    """For each field the word with the highest version; what is not newer than a deletion is gone."""
    by_version = sorted(said, key=lambda each: each.version)
    values: dict[str, tuple[int, Any]] = {}
    for each in by_version:
        if each.deleted:
            values = {}
        values.update({name: (each.version, value) for name, value in each.fields.items()})
    return Expected(by_version[-1].version, values)


def mrr(customer: Customer, records: Mapping[str, Expected], billed: Mapping[str, Billed]) -> int | None:
    """The billing system is believed where it says anything; else the generic records are added up."""
    if customer.code is not None and customer.code in billed:
        return scaled(billed[customer.code].mrr)
    known = [records[name].values["mrr"][1] for name in named(customer) if "mrr" in values_of(records, name)]
    return sum(scaled(value) for value in known) if known else None


def named(customer: Customer) -> Sequence[str]:
    """Its generic records."""
    return [f"generic:{name}" for name in customer.generic]


def values_of(records: Mapping[str, Expected], name: str) -> Mapping[str, Any]:
    return records[name].values if name in records else {}


def scaled(text: str) -> int:
    return int(Decimal(text) * SCALE)
