"""The third world: the deployed local stack ends a scenario as the simulator's twins do, and as the oracle says."""

import os

from tests.stack.injector.faults import Kind
from tests.worlds.making import make
from tests.worlds.outcome import played

SEED = os.environ.get("SEED", "1")


def test_one_scenario_ends_alike_in_memory_and_on_the_local_stack() -> None:
    outcome = played(make(SEED), ["memory", "local stack"])

    assert outcome.wrong == ""
    assert {*outcome.struck["local stack"]} == {Kind.RAISE, Kind.CRASH, Kind.THROTTLE, Kind.LOSE}
