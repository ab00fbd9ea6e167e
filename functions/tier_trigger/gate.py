"""The gate that one account's tier change passes before it is written: what data alone demote asks the breaker."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.standing import Hold, TierChange
from shared.configuration.breaker import Breaker
from shared.configuration.published import Published
from shared.tiers import breaker
from shared.tiers.breaker import Resolution, Trip


@dataclass(slots=True)
class Gate:
    breaker: Breaker
    _reserved: bool = field(default=False, init=False)
    """What was let through once may be decided again on what others wrote meanwhile: it counts once."""

    def lets(self, account: Account, change: TierChange, published: Published, now: datetime) -> bool:
        """Raises LedgerBusy, and what the stores raise."""
        if not breaker.counts(change, published.rulebook.tiers) or _released(account, published.trip):
            return True
        self._reserved = self._reserved or self.breaker.admit(change, published.settings.breaker, now)
        return self._reserved


def _released(account: Account, trip: Trip | None) -> bool:
    """It was held by the breaker, and a person let go what that held."""
    return account.standing.hold is Hold.MASS_CHANGE and trip is not None and trip.resolution is Resolution.RELEASED
