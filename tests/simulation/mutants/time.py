"""Without what keeps decisions on time: the hold of a demotion, its end, the clock that runs on."""

from datetime import datetime
from typing import Any

from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.accounts.standing import Pending
from shared.tiers import holding, outcome, settle
from shared.tiers.rulebook import Rulebook
from tests.simulation.mutants.mutant import mutant


def nothing(*_: Any) -> None:
    """No hold; no time at which to look again."""


def from_now(_: Account, __: Rulebook, result: TierId | None, now: datetime) -> Pending:
    return Pending(result, now)


TIME = (
    mutant("demote without a hold", "I11", outcome, "stay", nothing),
    mutant("forget that a hold ends", "I11", settle, "_due", nothing),
    mutant("start a hold anew", "I11", holding, "pending", from_now),
)
