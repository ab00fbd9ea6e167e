"""The same accident by way of a pull: for a day a billing system says zero, nothing of an account, or no accounts."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from local.sandboxes.recurly.server import running
from local.sandboxes.recurly.site import Site
from shared.access.people import User, UserId
from shared.accounts.identity import FieldName
from shared.accounts.standing import Hold
from shared.accounts.values import SCALE
from shared.memory.directory import MemoryDirectory
from shared.runtime.messages import SyncSource, read
from tests.flow.vendors.recurly_site import TickingClock, add_customer, site
from tests.support import workers
from tests.support.world import World

ADA = User(UserId("u-ada"), "ada@example.com", "Ada Admin")
CUSTOMERS = 40
THROUGH = 2
"""5 % of them."""
MRR = FieldName("mrr")
EVERY = timedelta(hours=6)
TICK = SyncSource(None, None)
KINDS = ("accounts", "subscriptions")


def zero(made: Site) -> None:
    for number in range(CUSTOMERS):
        made.change("subscriptions", f"s{number}", {"unit_amount": 0.0})


def null(made: Site) -> None:
    """No account has a subscription: Recurly's record then has no MRR."""
    for number in range(CUSTOMERS):
        made.delete("subscriptions", f"s{number}")
        made.change("accounts", f"a{number}", {})


def nothing(made: Site) -> None:
    for number in range(CUSTOMERS):
        made.delete("subscriptions", f"s{number}")
        made.delete("accounts", f"a{number}")


def good(made: Site) -> None:
    made_again = {one["id"] for one in made.all("subscriptions")}
    for number in range(CUSTOMERS):
        if f"s{number}" not in made_again:
            add_customer(made, number, updated=made.clock())
        made.change("subscriptions", f"s{number}", {"unit_amount": 1_200.0})


def pulled(world: World) -> None:
    """As the schedule and its queue have it, page by page."""
    sync = workers.sync(world._ports())
    sync.work(TICK, world.now + EVERY)
    while messages := world.syncs.take():
        for message in messages:
            asked = read(message.body, (SyncSource,))
            assert isinstance(asked, SyncSource)
            sync.work(asked, world.now + EVERY)
    world.settle()


def moved(world: World) -> int:
    return sum(account.standing.tier != "tier-1" for account in world.accounts.accounts.values())


@pytest.mark.parametrize(
    ("accident", "known", "through"), [(zero, 0, THROUGH), (null, None, 0), (nothing, 1_200 * SCALE, 0)]
)
def test_a_day_of_it_moves_no_more_than_the_share_and_after_the_repair_nobody(
    accident: Callable[[Site], None], known: int | None, through: int
) -> None:
    clock = TickingClock()
    made = site(clock, customers=CUSTOMERS)
    good(made)
    with running(made) as sandbox:
        world = World(sandbox, directory=MemoryDirectory(admins=[ADA]))
        world.configure("source:recurly", {"base_url": sandbox.url, "sync_minutes": 360})
        world.now = clock.tick(60)
        pulled(world)
        assert (len(world.accounts.accounts), moved(world)) == (CUSTOMERS, 0)

        world.passes(timedelta(minutes=2))
        clock.now = world.now
        accident(made)
        for _ in range(4):
            world.now += EVERY
            pulled(world)
            world.passes(timedelta(minutes=2))

        assert {one.values.get(MRR) for one in world.accounts.accounts.values()} == {known}
        held = [one for one in world.accounts.accounts.values() if one.standing.hold is Hold.MASS_CHANGE]
        told = [mail.subject for mail, _ in world.mail.sent if mail.to == ADA.email]
        assert (moved(world), len(held)) == (through, CUSTOMERS - through if through else 0)
        assert len(told) == bool(through)

        clock.now = world.now
        good(made)
        world.now += EVERY
        pulled(world)
        assert (moved(world), {one.standing.hold for one in world.accounts.accounts.values()}) == (0, {None})
        assert len(world.mail.sent) == len(told)
