"""The customers of a simulated company: what they pay, where it is recorded, and how that changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from shared.access.people import User, UserId

BANDS = ((50, 450), (520, 880), (1_050, 3_000))
"""What customers pay."""
PLANS = ("basic", "team", "business", "enterprise")
CROSSES = 0.03
"""Of events: the customer pays something else altogether."""
CHANGES = 0.6
"""Of events: some value is another."""

CSMS = [User(UserId(f"u-{number}"), f"csm{number}@example.com", f"CSM {number}") for number in range(36)]
ODD = [
    User(UserId("u-refused"), "refused@example.com", "Rita Refused"),
    User(UserId("u-bounces"), "bounces@example.com", "Ben Bounces"),
]
ADMINS = [User(UserId("u-ada"), "ada@example.com", "Ada Admin"), User(UserId("u-abe"), "abe@example.com", "Abe Admin")]
NO_USER = "former@example.com"
FALLBACK = "tiering@example.com"


@dataclass(slots=True)
class Customer:
    number: int
    generic: Sequence[str]
    """The external ids of its records of the generic source, the first of which names the others."""
    code: str | None
    """At the vendor, which is believed before the generic source."""
    owner: str
    level: int
    """About what each of its records says that it pays."""
    mrr: dict[str, str] = field(default_factory=dict)
    """What was last said, by record."""
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """It has one record: no account of its ever takes over another."""
        return len(self.generic) == 1 and self.code is None


def customers(number: int, random: Random) -> list[Customer]:
    return [_customer(index, random) for index in range(number)]


def _customer(number: int, random: Random) -> Customer:
    roll = random.random()
    names = [f"c-{number:06}"] + ([f"c-{number:06}-b"] if roll > 0.9 else [])
    owners = CSMS if random.random() < 0.96 else [*ODD, User(UserId("u-none"), NO_USER, "")]
    return Customer(
        number,
        names,
        f"r{number:06}" if 0.6 < roll <= 0.9 else None,
        random.choice(owners).email,
        _level(random),
    )


def pays(customer: Customer, random: Random, crosses: float) -> str:
    """A new amount: close to the last, or seldom quite another."""
    if random.random() < crosses / CHANGES:
        customer.level = _level(random)
    return f"{customer.level + random.randrange(10)}.{random.randrange(100):02}"


def _level(random: Random) -> int:
    return random.randrange(*random.choice(BANDS))
