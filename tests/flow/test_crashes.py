"""A crash at any port call of the whole flow, before its effect or after it: in the end nothing shows of it."""

from datetime import timedelta

import pytest

from shared.accounts.identity import FieldName
from tests.support.faults import Fault
from tests.support.world import ANNA, World

MRR = FieldName("mrr")


def lowered(fault: Fault) -> World:
    """A deployment in which one account was given Tier 1 and then lowered; the second delivery meets the fault."""
    world = World()
    world.send_generic({"external_id": "x", "version": 1, "fields": {"mrr": "1200.00", "owner": ANNA.email}})
    world.settle()
    world.fault = fault
    world._start_workers()
    for _ in range(2):  # a sender that got no answer sends again
        try:
            status = world.send_generic({"external_id": "x", "version": 2, "fields": {"mrr": "640.00"}})
        except BaseException:  # noqa: BLE001 - the process is gone
            world._start_workers()
            continue
        if status == 200:
            break
    world.settle()
    return world


CALLS = lowered(Fault()).fault.calls


def test_the_flow_makes_port_calls_to_crash_at() -> None:
    assert CALLS > 20


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_a_crash_leaves_no_trace_and_one_mail(at: int, after: bool) -> None:  # noqa: FBT001 - a parameter of the test
    fault = Fault(at, after=after)

    world = lowered(fault)

    account = world.account("generic:x")
    assert fault.struck
    assert (account.values[MRR], account.standing.tier) == (6_400_000, "tier-2")
    assert [(row.version, row.before, row.after) for row in world.accounts.rows[account.id]] == [
        (1, None, "tier-1"),
        (2, "tier-1", "tier-2"),
    ]
    assert len(world.alerts.alerts) == 1
    world.passes(timedelta(minutes=12))
    assert [mail.to for mail, _ in world.mail.sent] == [ANNA.email]
    assert {notice.state.value for notice in world.alerts.noticed.values()} == {"sent"}
