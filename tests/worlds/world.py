"""What a scenario needs of a world, and how it is played there: wave after wave, each until all is at rest."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from tests.worlds.scenario import Scenario, Wave, Wish
from tests.worlds.state import End, EndState, state_of

A_WHILE = timedelta(minutes=15)
"""In which everything settles: mails that were held for the next ten minutes, those of which nobody heard."""
A_DAY = timedelta(hours=26)
"""In which overrides end, and the digests go out."""
AFTERWARDS = (A_DAY, A_DAY, A_WHILE)
"""The second day's digest tells what the first day's end of an override led to."""


class NotAtRest(AssertionError):
    """A world goes on for longer than it may; the message says which, and what is still open."""


class World(Protocol):
    name: str

    def plays(self, wave: Wave, progress: Callable[[int], None]) -> None:
        """Sends all of it until it is taken, and comes to rest; `progress` is told of so many more deliveries.

        Raises NotAtRest, as all of these do.
        """
        ...

    def repairs(self, records: Sequence[str]) -> None:
        """Sends these records' dead letters on their way again, and comes to rest."""
        ...

    def wishes(self, wishes: Sequence[Wish]) -> None:
        """An admin sets them, and all comes to rest."""
        ...

    def passes(self, span: timedelta) -> None:
        """Time goes by, the clock ticks, and all comes to rest."""
        ...

    def end(self) -> End: ...

    @property
    def struck(self) -> Mapping[str, int]:
        """How often each of the world's own faults did so far."""
        ...


def play(scenario: Scenario, world: World, progress: Callable[[int], None] = lambda _: None) -> EndState:
    for wave in scenario.waves:
        if wave.repaired:
            world.repairs(wave.repaired)
        if wave.wishes:
            world.wishes(wave.wishes)
        world.plays(wave, progress)
        world.passes(A_WHILE)
    for span in AFTERWARDS:
        world.passes(span)
    return state_of(world.end(), founders(scenario))


def founders(scenario: Scenario) -> Sequence[str]:
    generic = [f"generic:{record}" for customer in scenario.customers for record in customer.records]
    return [*generic, *(f"recurly:{customer.billed.code}" for customer in scenario.customers if customer.billed)]
