"""An account as it stands at this moment: as it is written, or moved out of a deleted tier, which a walk will write."""

from datetime import datetime
from typing import NamedTuple

from shared.accounts.account import Account
from shared.accounts.store import AccountChange
from shared.configuration.published import Published
from shared.tiers.decision import Decision
from shared.tiers.engine import decide
from shared.tiers.settle import settled
from shared.tiers.succession import CAUSE, Moved, moved


class Present(NamedTuple):
    account: Account
    """Of its written version and edits; what is written next is made of the account that was read, not of this one."""
    decision: Decision
    """Its decision of this moment."""


def present(account: Account, published: Published, now: datetime) -> Present:
    found = coming(account, published, now)
    if found is None:
        return Present(account, decide(account, published.rulebook, now))
    decision = decide(found.account, published.rulebook, now)
    return Present(moving(decision, found).account, decision)


def coming(account: Account, published: Published, now: datetime) -> Moved | None:
    """What the deletion of a tier still has in store for the account; None: nothing."""
    return moved(account, published.rulebook.tiers, published.settings.override_days, now)


def moving(decision: Decision, found: Moved) -> AccountChange:
    """The write that moves it."""
    change = settled(found.account, decision, cause=CAUSE, audit=found.audit)
    if change is None:
        raise AssertionError("with an audit entry there is always something to write")
    return change
