"""One scenario in several worlds, and what comes of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.worlds.comparing import Comparison, Difference, compare, missed
from tests.worlds.local_stack import local_stack
from tests.worlds.memory import memory
from tests.worlds.on_moto import on_moto
from tests.worlds.oracle import foretold
from tests.worlds.scenario import Scenario
from tests.worlds.state import EndState
from tests.worlds.world import World, play

type Progress = Callable[[str, int], None]
"""Told of a world, and of so many more deliveries that it took."""


@contextmanager
def _stack(scenario: Scenario) -> Iterator[World]:
    with TemporaryDirectory() as folder, local_stack(scenario, Path(folder)) as world:
        yield world


WORLDS: Mapping[str, Callable[[Scenario], AbstractContextManager[World]]] = {
    "memory": lambda scenario: memory(scenario.seed),
    "moto": lambda scenario: on_moto(scenario.seed),
    "local stack": _stack,
}


@dataclass(repr=False)
class Outcome:
    scenario: Scenario
    states: dict[str, EndState] = field(default_factory=dict)
    struck: dict[str, Mapping[str, int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def comparison(self) -> Comparison:
        return compare(self.states)

    @property
    def unexpected(self) -> Sequence[Difference]:
        """Where worlds are not as the oracle says, each by itself."""
        expected = foretold(self.scenario).state()
        return [each for name, state in self.states.items() for each in missed(expected, name, state)]

    @property
    def wrong(self) -> str:
        """In a line each; empty where all is well."""
        return "\n".join(filter(None, [str(self.comparison), *map(str, self.unexpected)]))


def played(scenario: Scenario, worlds: Sequence[str], progress: Progress = lambda *_: None) -> Outcome:
    outcome = Outcome(scenario)
    for name in worlds:
        begun = perf_counter()
        with WORLDS[name](scenario) as world:
            outcome.states[name] = play(scenario, world, partial(progress, name))
            outcome.struck[name] = dict(world.struck)
        outcome.seconds[name] = perf_counter() - begun
    return outcome
