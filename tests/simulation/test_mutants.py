"""What the simulator would see: each safeguard that is taken out breaks an invariant."""

import pytest

from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.mutants.catching import breaches


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_run_without_a_safeguard_breaks_its_invariant(mutant: Mutant) -> None:
    assert mutant.caught_by in breaches(mutant)
