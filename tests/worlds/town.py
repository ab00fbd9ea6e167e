"""The town's people: who is a customer of which kind, who pays what, who owns whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from random import Random
from typing import Any

from local.sandboxes.recurly.demo import demo_site
from tests.worlds.scenario import Billed, Customer, Poison

BANDS = ((50, 450), (520, 880), (1_050, 3_000))
"""What customers pay: each lies between two rungs of a fresh deployment's policy, with room for NOISE."""
NOISE = 9
"""Less than that is what a customer's second record says."""
OWNERS = tuple(f"csm-{number:02}@example.com" for number in range(12))
STRANGER = "former@example.com"
"""An owner who is no user: nobody is mailed."""
STRANGERS = 0.05


class Kind(Enum):
    PLAIN = auto()
    BILLED = auto()
    """The billing system has it too, and is believed where it says anything."""
    DOUBLE = auto()
    """Of two records, the first of which names the other."""
    JOINED = auto()
    """Of two records that come apart: two accounts, until the first names the other."""
    FADING = auto()
    """Its record is deleted, and comes back."""
    POISONED = auto()
    """Its record can't be looked up for a while."""


OF_EACH_24 = (
    *(Kind.BILLED,) * 6,
    *(Kind.DOUBLE,) * 5,
    *(Kind.JOINED,) * 2,
    *(Kind.FADING,) * 2,
    Kind.POISONED,
    *(Kind.PLAIN,) * 8,
)


@dataclass(slots=True, eq=False)
class Life:
    """A customer as it goes through the waves."""

    customer: Customer
    kind: Kind
    owner: str
    band: int
    """Its place in BANDS."""
    poison: Poison | None = None
    repaired: bool = False
    """Whether its dead letters go on their way again."""
    versions: dict[str, int] = field(default_factory=dict)
    """The last, by record."""

    @property
    def lead(self) -> str:
        return self.customer.records[0]


def lives(number: int, random: Random) -> Iterator[Life]:
    billed = iter(billable())
    for place in range(number):
        kind, lead = OF_EACH_24[place % 24], f"w-{place:03}"
        records = [lead, f"{lead}-b"] if kind in (Kind.DOUBLE, Kind.JOINED) else [lead]
        customer = Customer(records, next(billed) if kind is Kind.BILLED else None)
        life = Life(customer, kind, an_owner(random), random.randrange(len(BANDS)))
        if kind is Kind.POISONED:
            turn = place // 24
            life.poison, life.repaired = (Poison.RAISES, Poison.DIES)[turn % 2], turn % 4 > 1
        yield life


def an_owner(random: Random) -> str:
    return STRANGER if random.random() < STRANGERS else random.choice(OWNERS)


def another_band(band: int, random: Random) -> int:
    return (band + random.randrange(1, len(BANDS))) % len(BANDS)


def amount(band: int, random: Random) -> str:
    return f"{random.randrange(*BANDS[band])}.{random.randrange(100):02}"


def billable() -> Sequence[Billed]:
    """The sandbox's customers with one plain subscription in the reporting currency, whose price can be any amount."""
    site = demo_site(datetime(2026, 1, 1, tzinfo=UTC))
    owned: dict[str, list[dict[str, Any]]] = {}
    for one in site["subscriptions"].values():
        owned.setdefault(one["account_id"], []).append(one)
    found = []
    for account_id, (one, *others) in owned.items():
        account, plan = site["accounts"][account_id], site["plans"][one["plan_id"]]
        plain = not others and not one["add_ons"] and one["trial_ends_at"] is None
        if plain and (one["state"], one["currency"], plan["interval_unit"]) == ("active", "USD", "months"):
            found.append(Billed(account["code"], account_id, plan["code"], plan["interval_length"]))
    return found
