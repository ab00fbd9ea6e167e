"""A run that is small and dense enough for each mutant to show itself."""

from collections.abc import Mapping, Sequence

from tests.simulation.mutants.mutant import Mutant
from tests.simulation.run import Scenario, run

DELIVERIES = 1_500
SEEDS = ("1", "2", "3", "4", "5")
"""In so small a run workers need not meet at the worst moment: a mutant is caught in the first where they do."""
CROSSES = 0.3
"""Most have their tier changed, again and again."""
HOUR = 3_600.0


def breaches(mutant: Mutant, seeds: Sequence[str] = SEEDS) -> Mapping[str, int]:
    """How often each invariant was broken, in the first run that broke the mutant's own."""
    found: Mapping[str, int] = {}
    for seed in seeds:
        with mutant.applied():
            report = run(Scenario(seed, DELIVERIES, mutant.rates, CROSSES, day=5 * HOUR, echo=4 * HOUR))
        found = dict(sorted(report.findings.counts.items()))
        if mutant.caught_by in found:
            break
    return found
