"""What orders a long work dies at any of its port calls: the run is done all the same, or was never there."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from shared.memory.queues import MemoryQueue
from shared.runtime.ports import Message, RunState
from tests.support.faults import Crash, Fault
from tests.support.world import World
from tests.unit.api.stage import Reply, Stage

PORTS = ("accounts", "alerts", "documents", "runs", "decide")
BULK = "POST /v1/accounts/bulk"
PAYING = {"field": "mrr", "op": ">", "value": 0}
OVERRIDE = {"action": "set_override", "when": PAYING, "tier": "tier-1", "reason": "all"}
ENDED = (RunState.SUCCEEDED, RunState.CANCELLED)
SOON = timedelta(minutes=31)
"""The longest that a run waits to be found: a quarter of an hour, and the sweep after that."""


@dataclass
class Punctual(World):
    """Its queues keep what is delayed until its time has come."""

    later: list[tuple[datetime, MemoryQueue, Message]] = field(default_factory=list)

    def _queue(self, name: str, queue: MemoryQueue, handle: Callable[[list[Message]], list[int]]) -> bool:
        for message in queue.take():
            self.later.append((self.now + timedelta(seconds=message.delay_seconds), queue, Message(message.body)))
        due = [held for held in self.later if held[0] <= self.now and held[1] is queue]
        self.later = [held for held in self.later if held not in due]
        queue.send([message for _, _, message in due])
        return super()._queue(name, queue, handle)


def asking(world: World) -> Stage:
    """The API on the world's own stores, each call struck by the world's fault."""
    return Stage(**{name: world.fault.port(getattr(world, name)) for name in PORTS}, now=world.now)


def peopled() -> World:
    world = Punctual()
    for number in range(3):
        world.send_generic({"external_id": f"a{number}", "version": 1, "fields": {"mrr": "1.00"}})
    world.settle()
    return world


def publish(stage: Stage) -> Reply:
    draft = stage.call("PUT /v1/policy/draft", {"rules": [], "otherwise": "tier-1"}, if_match="*")
    return stage.call("POST /v1/policy/publish", {"draft_etag": draft.etag})


def edit(stage: Stage) -> Reply:
    return stage.call(BULK, OVERRIDE)


def shift(stage: Stage) -> Reply:
    return stage.call("PUT /v1/settings", {"time_zone": "Asia/Tokyo"}, if_match="*")


def tiers(world: World) -> set[str | None]:
    return {account.standing.tier for account in world.accounts.accounts.values()}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("order", [publish, edit, shift])
def test_a_crash_at_any_call_of_an_order_leaves_no_run_without_an_end(
    order: Callable[[Stage], Reply], *, after: bool
) -> None:
    at, struck = 0, True
    while struck:
        at += 1
        world = peopled()
        world.fault = Fault(at, after=after)
        with suppress(Crash):
            order(asking(world))
        struck, world.fault = world.fault.struck, Fault()
        world._start_workers()
        ordered = [run.kind for run in world.runs.runs.values()]

        world.passes(SOON)

        assert {run.state for run in world.runs.runs.values()} <= set(ENDED), f"struck at call {at}"
        if ordered == ["bulk"]:
            assert tiers(world) == {"tier-1"}, f"struck at call {at}"


def test_a_segment_that_alone_lost_its_message_is_walked_in_the_end() -> None:
    world = peopled()
    assert publish(asking(world)).status == 202
    del world.decide.sent[0]

    world.passes(timedelta(minutes=2))
    assert [run.state for run in world.runs.runs.values()] == [RunState.RUNNING]
    world.passes(timedelta(minutes=75))

    assert [run.state for run in world.runs.runs.values()] == [RunState.SUCCEEDED]
    assert tiers(world) == {"tier-1"}


def test_an_edit_that_lost_its_message_is_done_and_one_that_was_cancelled_is_not() -> None:
    for cancelled in (False, True):
        world = peopled()
        reply = edit(asking(world))
        world.decide.take()
        if cancelled:
            assert asking(world).call(f"DELETE {reply.headers['Location']}").status == 200

        world.passes(SOON)

        assert tiers(world) == ({"tier-3"} if cancelled else {"tier-1"})
