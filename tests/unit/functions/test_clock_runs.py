"""A run of which nothing is heard gets its messages again: not too soon, not too often, not for ever."""

from dataclasses import replace
from datetime import datetime

import pytest

from functions.clock.service import MOST_RUNS, SWEEP_EVERY
from shared.memory.runs import MemoryRuns
from shared.runtime import messages
from shared.runtime.messages import DecideAll, EditMany, Work
from shared.runtime.ports import QueueUnavailable, Run, RunMoved, RunState
from shared.runtime.works import GIVEN_UP, MOST_SILENT, SILENT, UNBEGUN
from tests.unit.functions.test_clock import MINUTE, START, World

WALK = {"policy_version": 8, "segments": 2, "cause": "tiers"}
WALKS = [DecideAll("r1", 8, segment, 2, None, "tiers") for segment in (0, 1)]


def ordered(world: World, kind: str = "publish", *, at: datetime = START, run_id: str = "r1") -> Run:
    order = WALK if kind == "publish" else {"ids": ["acme"]}
    return world.runs.save(Run(run_id, kind, RunState.QUEUED, at, order=order))


def sent(world: World) -> list[Work]:
    return [messages.read(message.body, (DecideAll, EditMany)) for message in world.decide.take()]


def swept(world: World, until: datetime) -> list[datetime]:
    """When messages were sent, of a clock that ticks at each quarter of an hour."""
    now, times = START, []
    while now < until:
        now += SWEEP_EVERY
        world.tick(now)
        if sent(world):
            times.append(now)
    return times


@pytest.mark.parametrize(("kind", "expected"), [("publish", WALKS), ("bulk", [EditMany("r1")])])
def test_a_run_that_nobody_begins_gets_its_messages_again(kind: str, expected: list[Work]) -> None:
    world = World()
    ordered(world, kind)

    world.tick(START + 14 * MINUTE)
    assert sent(world) == []
    assert world.tick(START + 29 * MINUTE).runs == 1
    assert sent(world) == expected


def test_a_run_that_is_heard_of_is_left_alone_and_one_that_fell_silent_is_not() -> None:
    world = World()
    run = ordered(world)
    run = world.runs.save(replace(run, state=RunState.RUNNING, worked_at=START + 5 * MINUTE))

    world.tick(START + SILENT)
    assert sent(world) == []
    world.tick(START + SILENT + SWEEP_EVERY)
    assert sent(world) == WALKS


@pytest.mark.parametrize("state", [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED])
def test_a_run_that_has_ended_is_left_alone(state: RunState) -> None:
    world = World()
    world.runs.save(replace(ordered(world), state=state))

    assert swept(world, START + SILENT) == []


def test_a_run_whose_messages_come_to_nothing_gets_few_and_fails_in_the_end() -> None:
    world = World()
    ordered(world)

    times = swept(world, START + GIVEN_UP + 2 * MOST_SILENT)

    waited = [later - earlier for earlier, later in zip([START, *times], times, strict=False)]
    assert waited[:5] == [UNBEGUN * factor for factor in (1, 1, 2, 4, 8)]
    assert set(waited[6:]) == {MOST_SILENT}
    run = world.runs.runs["publish", "r1"]
    assert (run.state, run.error) == (RunState.FAILED, "given_up")
    assert run.finished_at is not None
    assert GIVEN_UP <= run.finished_at - START < GIVEN_UP + 2 * MOST_SILENT


def test_a_run_that_was_ordered_before_its_order_was_kept_fails_in_the_end_too() -> None:
    world = World()
    world.runs.save(Run("r1", "publish", RunState.QUEUED, START))

    assert swept(world, START + GIVEN_UP + 2 * MOST_SILENT) == []
    assert world.runs.runs["publish", "r1"].state is RunState.FAILED


class Overtaken(MemoryRuns):
    """Another is faster, each time."""

    def save(self, run: Run) -> Run:
        if run.version:
            raise RunMoved("by another tick")
        return super().save(run)


def test_of_two_ticks_at_once_one_sends() -> None:
    world = World(runs=Overtaken())
    ordered(world)

    assert world.tick(START + UNBEGUN).runs == 0
    assert sent(world) == []


def test_a_queue_that_is_down_costs_a_run_no_more_than_another_wait() -> None:
    world = World()
    ordered(world)
    world.decide.down = True
    with pytest.raises(QueueUnavailable):
        world.tick(START + UNBEGUN)
    assert world.watermarks.get("clock") == START

    world.decide.down = False
    world.tick(START + 2 * UNBEGUN)

    assert sent(world) == WALKS


def test_as_many_as_a_sweep_looks_at_are_found_however_many_ended_meanwhile() -> None:
    world = World()
    for number in range(MOST_RUNS):
        ordered(world, "bulk", run_id=f"r{number:03}")

    assert world.tick(START + UNBEGUN).runs == MOST_RUNS
    assert len(sent(world)) == MOST_RUNS
