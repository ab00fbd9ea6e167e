"""A manager clears a desk of demotions: sees what would be, approves them, and each moves and is told of once."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from shared.access.people import User, UserId
from shared.memory.directory import MemoryDirectory
from shared.tiers.policy_document import FRESH_POLICY
from tests.support.desk import Desk
from tests.support.faults import Crash, Fault
from tests.support.world import World

CSM = User(UserId("csm-1"), "csm@example.com", "Chris Csm")
MANAGER = User(UserId("manager-1"), "manager@example.com", "Mara Manager")
CUSTOMERS = 6
MINUTE = timedelta(minutes=1)
BULK = "POST /v1/accounts/bulk"
TO_TIER_2 = {"field": "pending_tier", "op": "=", "value": "tier-2"}


def deployment() -> World:
    """Six customers were in Tier 1; by now the rules say Tier 2 of five and Tier 3 of one, and a person is asked."""
    world = World(directory=MemoryDirectory([CSM], managers=[MANAGER]))
    world.configure("policy", {"version": 2, "policy": {**FRESH_POLICY, "stability": {"demote": "approval"}}})
    for version, mrr, last in ((1, "1200.00", "1200.00"), (2, "640.00", "10.00")):
        for number in range(CUSTOMERS):
            fields = {"mrr": last if number == CUSTOMERS - 1 else mrr, "owner": CSM.email}
            world.send_generic({"external_id": f"c-{number}", "version": version, "fields": fields})
        world.settle()
    return world


def tiers(world: World) -> Counter[str]:
    return Counter(str(account.standing.tier) for account in world.accounts.accounts.values())


def ended(world: World, body: dict[str, Any]) -> Any:
    """The run, once it has come to its end."""
    reply = Desk(world).call("manager", BULK, body)
    assert reply.status == 202
    world.settle()
    return Desk(world).done("viewer", f"GET {reply.headers['Location']}")


def test_what_would_be_is_what_then_is() -> None:
    world = deployment()
    approve = {"action": "approve", "when": TO_TIER_2}

    would_be = ended(world, {**approve, "dry_run": True})
    assert tiers(world) == {"tier-1": CUSTOMERS}
    is_so = ended(world, approve)

    assert would_be["counts"] == is_so["counts"] == {"changed": 5, "moved": 5}
    assert (is_so["state"], is_so["progress"], is_so["rejects"]) == ("succeeded", {"done": 6, "total": 6}, [])
    assert tiers(world) == {"tier-2": 5, "tier-1": 1}
    world.passes(15 * MINUTE)
    assert {mail.to for mail, _ in world.mail.sent} == {CSM.email}
    assert len(world.alerts.alerts) == 5


def test_one_listed_with_what_was_seen_is_refused_where_that_changed() -> None:
    world = deployment()
    seen = {
        item["id"]: item["tier"]["pending"]["tier"]
        for item in Desk(world).done("manager", "GET /v1/accounts?pending=true")["items"]
    }
    world.send_generic({"external_id": "c-0", "version": 3, "fields": {"mrr": "5.00"}})
    world.settle()

    run = ended(world, {"action": "approve", "seen": seen})

    assert run["counts"] == {"changed": 5, "moved": 5, "refused": 1}
    assert [reject["record"] for reject in run["rejects"]] == [world.account("generic:c-0").id]
    assert world.account("generic:c-0").standing.tier == "tier-1"


def test_overrides_of_many_end_together_and_the_rules_decide_each() -> None:
    world = deployment()
    world.configure("settings", {"override_days": 7})
    run = ended(
        world, {"action": "set_override", "tier": "tier-1", "reason": "a quarter's grace", "when": {"always": True}}
    )
    assert run["counts"] == {"changed": 6}

    world.now += timedelta(days=7) - MINUTE
    world.passes(3 * MINUTE)

    assert tiers(world) == {"tier-2": 5, "tier-3": 1}
    causes = [rows[-1].cause for rows in world.accounts.rows.values()]
    assert causes == ["expiry"] * CUSTOMERS


def approved(fault: Fault) -> World:
    """All are approved; one port call of that, or of what follows, fails."""
    world = deployment()
    world.fault = fault
    world._start_workers()
    body = {"action": "approve", "when": {"always": True}}
    try:
        Desk(world).call("manager", BULK, body)
    except Crash:
        world._start_workers()
        Desk(world).call("manager", BULK, body)
    world.settle()
    world.passes(15 * MINUTE)
    return world


CALLS = approved(Fault()).fault.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1, 7))
def test_a_crash_anywhere_moves_each_once_and_tells_each_once(at: int, after: bool) -> None:  # noqa: FBT001 - a parameter of the test
    fault = Fault(at, after=after)

    world = approved(fault)
    world.passes(20 * MINUTE)

    assert fault.struck
    assert tiers(world) == {"tier-2": 5, "tier-3": 1}
    assert {tuple(row.cause for row in rows) for rows in world.accounts.rows.values()} == {("data", "approval")}
    assert [entry.action for entry in world.accounts.audit] == ["demotion.approve"] * CUSTOMERS
    told = Counter(notice.recipient for notice in world.alerts.noticed.values() if notice.recipient == CSM.id)
    assert (len(world.alerts.alerts), told[CSM.id]) == (CUSTOMERS, CUSTOMERS)
    assert {notice.state.value for notice in world.alerts.noticed.values()} == {"sent"}
