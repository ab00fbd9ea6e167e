"""Whether demotions wait as the policy says, seen in each write: the clock starts as one is held, and runs on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared.accounts.account import Account
from shared.accounts.standing import Method, Pending, TierChange
from tests.simulation.faults import Dice
from tests.simulation.loop import Loop
from tests.simulation.oracle import Ladder, fell

DECIDES = timedelta(seconds=60)
"""Between a worker's decision and its write lies at most the function's time-out."""


@dataclass
class Patience:
    """Holds what is written to I11."""

    ladders: Mapping[int, Ladder]
    """By policy version."""
    loop: Loop
    dice: Dice
    breaches: list[str] = field(default_factory=list)

    def written(self, before: Account | None, after: Account, row: TierChange | None) -> None:
        known = before.standing.pending if before else None
        if row is None:
            self._clock(after, known)
        elif row.method is Method.RULES and fell(row.before, row.after):
            self._waited(before, row, known)

    def _clock(self, after: Account, known: Pending | None) -> None:
        """While the tier stays, a demotion's clock starts now, or runs on as it did."""
        pending, tier = after.standing.pending, after.standing.tier
        if pending is None or not fell(tier, pending.tier):
            return
        if known is not None and fell(tier, known.tier):
            if known.since != pending.since:
                self.breaches.append(f"{after.id}: the clock of {known.since} was set to {pending.since}")
        elif not self.loop.now - DECIDES <= pending.since <= self.loop.now:
            self.breaches.append(f"{after.id}: at {self.loop.now} a clock starts as of {pending.since}")

    def _waited(self, before: Account | None, row: TierChange, known: Pending | None) -> None:
        """What the rules gave, they take after the wait; what a person or a CRM gave is none of theirs."""
        ladder = self.ladders.get(row.policy_version or 0)
        if ladder is None or before is None or before.standing.method is not Method.RULES:
            return
        if known is not None and row.at - known.since >= timedelta(minutes=ladder.patience):
            if ladder.patience:
                self.dice.count("demotion waited")
        elif ladder.skips and row.cause == "policy":
            self.dice.count("demotion moved at once by its publish")
        elif ladder.patience:
            since = known and known.since
            self.breaches.append(f"{row.account_id}: demoted at {row.at} by policy {row.policy_version}, since {since}")
