"""The product with one of its safeguards taken out, by a patch from here: each must break an invariant, or nothing is
proved by those that hold.
"""

from tests.simulation.mutants.flow import FLOW
from tests.simulation.mutants.mail import MAIL
from tests.simulation.mutants.mutant import Mutant
from tests.simulation.mutants.state import ON_DYNAMODB, STATE

MUTANTS: tuple[Mutant, ...] = (*STATE, *FLOW, *MAIL)

WITHOUT = {"refresh without a lock": "no connector refreshes a token: Recurly's API key does not expire"}
"""What the product has no mechanism for, and why: there is nothing to take out."""

__all__ = ["MUTANTS", "ON_DYNAMODB", "WITHOUT", "Mutant"]
