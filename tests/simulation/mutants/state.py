"""Without what keeps an account's state right: conditions, versions, one transaction, the policy in force."""

from dataclasses import replace
from datetime import datetime
from typing import cast

from greenlet import getcurrent
from pynamodb.expressions.condition import Condition

from shared.accounts.account import Account
from shared.accounts.store import AccountChange
from shared.accounts.version import Version
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.configuration.published import Published
from shared.configuration.reader import PublishedReader
from shared.memory.accounts import MemoryAccounts
from tests.simulation.mutants.mutant import mutant
from tests.simulation.on_dynamodb import DynamoTableOfAccounts
from tests.simulation.ports import FAILURES
from tests.simulation.steps import Step
from tests.simulation.stores import TableOfAccounts

commit_whole, commit_on_dynamodb = TableOfAccounts.commit, DynamoTableOfAccounts.commit


def any_item(self: DynamoAccounts, read: Account) -> Condition:  # noqa: ARG001 - the method's
    """Whatever was written since."""
    whatever: Condition = self._account.id.exists() | self._account.id.does_not_exist()
    return whatever


def commit_in_two_on_dynamodb(self: DynamoTableOfAccounts, change: AccountChange) -> Account:
    if change.history is None:
        return commit_on_dynamodb(self, change)
    stored = commit_on_dynamodb(self, replace(change, history=None))
    step = cast("Step", getcurrent())
    step.call("history.put", FAILURES["store"], self.append, [change.history], {})
    return stored


def any_version(_: MemoryAccounts, account: Account) -> None:
    """Whatever was written since."""


def as_new(self: Version, other: Version) -> bool:
    """A repeat too."""
    return (self.at, self.revision) >= (other.at, other.revision)


def always(_: Version, other: Version) -> bool:  # noqa: ARG001 - the method's
    return True


def commit_in_two(self: TableOfAccounts, change: AccountChange) -> Account:
    """First the tier, then, by another call, its row of history."""
    if change.history is None:
        return commit_whole(self, change)
    stored = commit_whole(self, replace(change, history=None))
    step = cast("Step", getcurrent())
    step.call("history.put", FAILURES["store"], self.append, [change.history], {})
    return stored


def first_read(self: PublishedReader, now: datetime) -> Published:
    return self._published or self._refreshed(now)


ACCOUNTS_ON_DYNAMODB = (
    mutant("drop the version condition", "I4", DynamoAccounts, "_unmoved", any_item),
    mutant("history outside the transaction", "I4", DynamoTableOfAccounts, "commit", commit_in_two_on_dynamodb),
)
"""The mutants of the store that is deployed."""
STATE = (
    mutant("drop the version condition", "I4", MemoryAccounts, "_check_version", any_version),
    mutant("drop dedup", "I2", Version, "newer_than", as_new),
    mutant("arrival order wins", "I1", Version, "newer_than", always),
    mutant("history outside the transaction", "I4", TableOfAccounts, "commit", commit_in_two),
    mutant("the stale policy kept", "I11", PublishedReader, "read", first_read),
)
