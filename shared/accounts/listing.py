"""The port to lists of accounts: pages by an index, or a bounded scan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.accounts.account import STAGE, Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import TierChange


class BadCursor(ValueError):
    """A cursor that this list did not give out."""


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """All that is given must hold. `tier` and `owner` have an index; the others are tested on a bounded scan."""

    tier: TierId | None = None
    owner: str | None = None
    stage: str | None = None
    text: str | None = None
    """Part of the name or of an external id, in any case."""
    pending: bool | None = None
    """Whether another tier is on its way."""
    requested: bool | None = None
    """Whether an override is asked for, and nobody has answered."""

    def matches(self, account: Account) -> bool:
        """Whether a list with this filter shows the account; none shows one that is archived."""
        return (
            not account.archived
            and self.tier in (None, account.standing.tier)
            and self.owner in (None, account.owner)
            and self.stage in (None, account.values.get(STAGE))
            and self.pending in (None, account.standing.pending is not None)
            and self.requested in (None, account.requested)
            and (self.text is None or _bears(account, self.text.casefold()))
        )


def _bears(account: Account, text: str) -> bool:
    return text in account.name.casefold() or any(text in key.external_id.casefold() for key in account.records)


@dataclass(frozen=True, slots=True)
class Page[T]:
    items: Sequence[T] = field(default_factory=tuple)
    cursor: str | None = None
    """Where the next page starts; None at the end. A filtered page may be short, or empty, and still have one."""


class AccountLists(Protocol):
    def page(self, where: AccountFilter, *, limit: int, cursor: str | None) -> Page[Account]:
        """Accounts that are not archived; eventually consistent. Raises BadCursor."""
        ...

    def history_page(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[TierChange]:
        """Tier changes, newest first. Raises BadCursor."""
        ...

    def due(self, *, after: datetime, until: datetime) -> Sequence[AccountId]:
        """Accounts whose `due_at` lies in (after, until]."""
        ...

    def ids(self, *, segment: int, segments: int, start: str | None, limit: int) -> Page[AccountId]:
        """Every account's id, archived ones included, in `segments` disjoint walks; eventually consistent."""
        ...

    def number(self) -> int:
        """How many accounts there are, archived ones included: exact up to 999; from 1,000 on at least 1,000 and as
        many as some hours ago. Eventually consistent.
        """
        ...

    def in_tier(self, tier: TierId, *, at_most: int) -> int:
        """How many accounts are in the tier, counted up to `at_most`."""
        ...
