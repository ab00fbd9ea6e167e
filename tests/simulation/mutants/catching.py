"""A run that is small and dense enough for each mutant to show itself."""

from collections.abc import Mapping

from tests.simulation.mutants.mutant import Mutant
from tests.simulation.run import Scenario, run

DELIVERIES = 1_500
CROSSES = 0.3
"""Most have their tier changed, again and again."""
HOUR = 3_600.0


def breaches(mutant: Mutant, seed: str, deliveries: int = DELIVERIES) -> Mapping[str, int]:
    """How often each invariant was broken."""
    with mutant.applied():
        report = run(Scenario(seed, deliveries, mutant.rates, CROSSES, day=5 * HOUR, echo=4 * HOUR))
    return dict(sorted(report.findings.counts.items()))
