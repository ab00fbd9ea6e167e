"""`make mutants`: each mutant in a small run, and which invariants caught it."""

import sys
from time import perf_counter

from rich.console import Console
from rich.table import Table

from tests.simulation.mutants import MUTANTS, WITHOUT
from tests.simulation.mutants.catching import SEEDS, breaches


def main(*seeds: str) -> int:
    table, missed = Table("mutant", "caught by", "seconds", box=None), 0
    for mutant in MUTANTS:
        begun = perf_counter()
        found = breaches(mutant, seeds or SEEDS)
        missed += mutant.caught_by not in found
        table.add_row(
            mutant.name,
            ", ".join(f"{name} ({count})" for name, count in found.items()),
            f"{perf_counter() - begun:.1f}",
        )
    for name, why in WITHOUT.items():
        table.add_row(name, why, "")
    Console().print(table)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
