"""A publish that skips holds: what the new policy decides otherwise than the one before it moves at once."""

from datetime import datetime
from enum import StrEnum

from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.tiers.outcome import outcome
from shared.tiers.rulebook import Rulebook


class Holds(StrEnum):
    """What a publish does with the holds of the policy's stability."""

    KEEP = "keep"
    SKIP = "skip"


def differs(account: Account, rulebook: Rulebook, earlier: Rulebook, now: datetime) -> bool:
    """Whether another tier results for the account, as it is now, than under the `earlier` rulebook.

    What would have moved, or was held, under both is no difference of the publish: it keeps its hold.
    """
    return _result(account, rulebook, now) != _result(account, earlier, now)


def _result(account: Account, rulebook: Rulebook, now: datetime) -> TierId | None:
    return outcome(account, rulebook, rulebook.facts(account, now), at_once=True).result
