"""`make worlds SEED=7`: one scenario in three worlds, with progress, a report, and an exit status that tells."""

import argparse
import sys

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tests.worlds.making import DELIVERIES, make
from tests.worlds.outcome import WORLDS, Outcome, played
from tests.worlds.scenario import Scenario
from tests.worlds.world import NotAtRest

SHOWN = 40
"""Differences."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="worlds", description=__doc__)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    asked = parser.parse_args()
    scenario = make(asked.seed, asked.deliveries)
    console = Console()
    with Progress(
        TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    ) as bar:
        tasks = {name: bar.add_task(name, total=scenario.figures["deliveries"], start=False) for name in WORLDS}

        def progress(world: str, more: int) -> None:
            bar.start_task(tasks[world])
            bar.advance(tasks[world], more)

        try:
            outcome = played(scenario, [*WORLDS], progress)
        except NotAtRest as error:
            console.print(Text(f"{error}\n{_again(scenario)}", style="red"), soft_wrap=True)
            return 1
    console.print(told(outcome), soft_wrap=True)
    return 1 if outcome.wrong else 0


def told(outcome: Outcome) -> RenderableType:
    figures = Table(show_header=False, box=None)
    for name, number in outcome.scenario.figures.items():
        figures.add_row(name, f"{number:,}")
    worlds = Table("world", "accounts", "values compared", "not as expected", "faults", "seconds", box=None)
    for name, state in outcome.states.items():
        amiss = sum(name in difference.values for difference in outcome.unexpected)
        fields = sum(map(len, state.values()))
        struck, seconds = sum(outcome.struck[name].values()), outcome.seconds[name]
        worlds.add_row(name, f"{len(state) - 2:,}", f"{fields:,}", f"{amiss:,}", f"{struck:,}", f"{seconds:,.1f}")
    listed = Table("listed difference", "alone", "times", box=None)
    for known, times in outcome.comparison.listed.items():
        listed.add_row(known.field, known.alone, f"{times:,}")
    return Group(figures, worlds, listed, Text(_verdict(outcome), style="red" if outcome.wrong else ""))


def _verdict(outcome: Outcome) -> str:
    if not outcome.wrong:
        return "the same end in each world, but for what is listed"
    lines = outcome.wrong.splitlines()
    more = [f"and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *more, _again(outcome.scenario)])


def _again(scenario: Scenario) -> str:
    return f"it happens again with: make worlds SEED={scenario.seed} DELIVERIES={scenario.figures['deliveries']}"


if __name__ == "__main__":
    sys.exit(main())
