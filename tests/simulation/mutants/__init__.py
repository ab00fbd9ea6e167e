"""The product with one of its safeguards taken out, by a patch from here: each must break an invariant, or nothing is
proved by those that hold.
"""

from tests.simulation.mutants.flow import FLOW
from tests.simulation.mutants.mail import MAIL, NOTICES_ON_DYNAMODB
from tests.simulation.mutants.mutant import Mutant
from tests.simulation.mutants.state import ACCOUNTS_ON_DYNAMODB, STATE
from tests.simulation.mutants.time import TIME

MUTANTS: tuple[Mutant, ...] = (*STATE, *TIME, *FLOW, *MAIL)
ON_DYNAMODB: tuple[Mutant, ...] = (*ACCOUNTS_ON_DYNAMODB, *NOTICES_ON_DYNAMODB)
"""Those of a store once more, in the store that is deployed: a twin's would prove the twin alone."""

WITHOUT = {"refresh without a lock": "no connector refreshes a token: Recurly's API key does not expire"}
"""What the product has no mechanism for, and why: there is nothing to take out."""

__all__ = ["ACCOUNTS_ON_DYNAMODB", "MUTANTS", "ON_DYNAMODB", "WITHOUT", "Mutant"]
