"""The port to the accounts: one store writes them, each write one transaction conditioned on the version read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.standing import Cause, TierChange


class AccountMoved(Exception):
    """The account was written since it was read, or a link was taken meanwhile: read again and do it again."""


class AccountTooLarge(ValueError):
    """The account's item would exceed 64 KB; no record of it is lost, none is added."""


@dataclass(frozen=True, slots=True)
class Link:
    """Which account a source's record belongs to."""

    record: RecordKey
    account_id: AccountId
    stated: bool
    """Whether another record or a person said so; else the record founded the account by itself."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """All that one step writes, or nothing of it."""

    account: Account
    """The new state; its `version` is the one that was read (0: create)."""
    cause: Cause
    links: tuple[Link, ...] = ()
    """Claimed: each is absent, or at `absorbed`, or already this account's."""
    history: TierChange | None = None
    absorbed: Account | None = None
    """An account that is closed in favour of this one, as it was read."""
    audit: AuditEntry | None = None

    def __post_init__(self) -> None:
        """A change that contradicts itself can't be made: raises ValueError."""
        if any(link.account_id != self.account.id for link in self.links):
            raise ValueError(f"a link of the change leads to another account than {self.account.id}")
        row = self.history
        if row and (row.account_id, row.version) != (self.account.id, self.account.standing.changes):
            raise ValueError(f"history row {row.account_id}/{row.version} is not {self.account.id}'s latest")

    @property
    def closed(self) -> Account | None:
        """What stays of `absorbed`: its tier history, where it stood, and where it went."""
        if self.absorbed is None:
            return None
        return replace(self.absorbed, records={}, values={}, histories={}, due_at=None, merged_into=self.account.id)


class AccountStore(Protocol):
    def get(self, account_id: AccountId) -> Account | None:
        """Strongly consistent: what was committed before is seen."""
        ...

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:
        """Those that don't exist are left out. Strongly consistent, or for half the price each as it is or was a moment
        ago, perhaps before it existed; of several each as of another moment.
        """
        ...

    def links(self, records: Sequence[RecordKey], *, consistent: bool = True) -> dict[RecordKey, Link]:
        """The links of those records that have one; `consistent` as for `get_many`."""
        ...

    def commit(self, change: AccountChange) -> Account:
        """Writes the change and returns the account as stored, its version one higher.

        Raises AccountMoved where a condition fails, and AccountTooLarge.
        """
        ...

    def history(self, account_id: AccountId, *, after: int = 0) -> Iterator[TierChange]:
        """The account's tier changes with a version above `after`, oldest first; strongly consistent."""
        ...
