"""A data accident: for a day the source says zero, or nothing, of all; hardly anybody moves, and admins hear once."""

from datetime import timedelta

import pytest

from functions.api.service.breaking import Breaking
from functions.api.service.configuration import Configuration
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.access.people import Actor, Role, User, UserId
from shared.accounts.standing import Hold
from shared.accounts.values import Json
from shared.memory.directory import MemoryDirectory
from shared.tiers.breaker import Resolution
from tests.support.faults import Fault
from tests.support.world import World

ADA = User(UserId("u-ada"), "ada@example.com", "Ada Admin")
CUSTOMERS = 40
THROUGH = 2
"""5 % of them."""
GOOD, ZERO = "1200.00", "0.00"
HOUR = timedelta(hours=1)


def deployment(customers: int = CUSTOMERS) -> World:
    """Every customer in Tier 1."""
    world = World(directory=MemoryDirectory(admins=[ADA]))
    says(world, GOOD, version=1, customers=customers)
    world.settle()
    world.passes(timedelta(minutes=2))
    return world


def says(world: World, mrr: Json, *, version: int, customers: int = CUSTOMERS, first: int = 0) -> None:
    for number in range(first, customers):
        assert world.send_generic({"external_id": f"c-{number:03}", "version": version, "fields": {"mrr": mrr}}) == 200


def tiers(world: World, customers: int = CUSTOMERS) -> list[str]:
    return sorted(str(world.account(f"generic:c-{number:03}").standing.tier) for number in range(customers))


def moved(world: World) -> int:
    """Accounts that are not in Tier 1."""
    return sum(tier != "tier-1" for tier in tiers(world))


def held(world: World) -> int:
    return sum(account.standing.hold is Hold.MASS_CHANGE for account in world.accounts.accounts.values())


def person(world: World, resolution: Resolution) -> None:
    """An admin's call, and what follows."""
    configuration = Configuration(world.documents, world.watermarks, begins_paused=False)
    retier = Retier(world.runs, world.decide, lambda: f"walk-{resolution}", delay_seconds=0)
    breaking = Breaking(configuration, retier)
    session = Session(Actor(ADA.id, frozenset({Role.ADMIN})), world.now)
    trip = configuration.read().published.trip
    assert trip is not None
    breaking.resolve(configuration.read(), trip.id, resolution, session)
    world.settle()


def mails(world: World) -> list[str]:
    return [mail.subject for mail, _ in world.mail.sent if mail.to == ADA.email]


def a_day_of(world: World, **fields: Json) -> None:
    """Each hour the source says the same of everybody."""
    for hour in range(24):
        for number in range(CUSTOMERS):
            data: Json = {"external_id": f"c-{number:03}", "version": 2 + hour, "fields": fields}
            assert world.send_generic(data) == 200
        world.settle()
        world.passes(HOUR)


def test_a_day_of_zeros_moves_no_more_than_the_share_and_after_the_repair_nobody() -> None:
    world = deployment()

    a_day_of(world, mrr=ZERO)

    assert (moved(world), held(world)) == (THROUGH, CUSTOMERS - THROUGH)
    assert mails(world) == ["Demotions are held: 2 of 40 accounts moved down within 1 hour"]
    says(world, GOOD, version=100)
    world.settle()
    assert (moved(world), held(world)) == (0, 0)
    person(world, Resolution.DISCARDED)
    assert (moved(world), held(world)) == (0, 0)
    assert len(mails(world)) == 1


@pytest.mark.parametrize("said", [{"mrr": None}, {}], ids=["null", "nothing"])
def test_a_day_of_nulls_or_of_nothing_moves_nobody_and_needs_no_breaker(said: dict[str, Json]) -> None:
    world = deployment()

    a_day_of(world, **said)

    assert (moved(world), held(world), mails(world)) == (0, 0, [])


def test_release_lets_the_held_ones_move_uncounted() -> None:
    world = deployment()
    says(world, ZERO, version=2)
    world.settle()
    assert moved(world) == THROUGH

    person(world, Resolution.RELEASED)

    assert (moved(world), held(world)) == (CUSTOMERS, 0)
    assert {row.cause for rows in world.accounts.rows.values() for row in rows} == {"data"}


def test_what_is_still_to_be_demoted_after_a_discard_counts_anew() -> None:
    world = deployment()
    says(world, ZERO, version=2)
    world.settle()

    person(world, Resolution.DISCARDED)
    world.passes(timedelta(minutes=3))

    assert (moved(world), held(world)) == (2 * THROUGH, CUSTOMERS - 2 * THROUGH)
    assert len(mails(world)) == 1, "the first was looked at before it was mailed"


def test_promotions_go_on_while_it_is_open() -> None:
    world = deployment()
    says(world, ZERO, version=2)
    world.settle()

    world.send_generic({"external_id": "new", "version": 1, "fields": {"mrr": "10.00"}})
    world.settle()
    world.send_generic({"external_id": "new", "version": 2, "fields": {"mrr": GOOD}})
    world.settle()

    assert world.account("generic:new").standing.tier == "tier-1"
    assert held(world) == CUSTOMERS - THROUGH


def accident(fault: Fault) -> World:
    """Three customers fall, one of which is let through; the second and the third meet the fault."""
    world = deployment(20)
    says(world, ZERO, version=2, customers=1)
    world.settle()
    world.fault = fault
    world._start_workers()
    for _ in range(2):  # a sender that got no answer sends again
        try:
            says(world, ZERO, version=2, first=1, customers=3)
        except BaseException:  # noqa: BLE001 - the process is gone
            world._start_workers()
            continue
        break
    world.settle()
    world.passes(timedelta(minutes=14))
    return world


CALLS = accident(Fault()).fault.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_a_crash_lets_no_more_through_and_the_admins_hear_once(at: int, after: bool) -> None:  # noqa: FBT001 - a parameter of the test
    world = accident(Fault(at, after=after))

    assert sum(tier != "tier-1" for tier in tiers(world, 20)) == 1
    assert mails(world) == ["Demotions are held: 1 of 20 accounts moved down within 1 hour"]
    assert held(world) == 2
