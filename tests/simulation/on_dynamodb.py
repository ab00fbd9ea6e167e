"""The accounts on DynamoDB, as moto plays it: the store that is deployed, under the faults that its twin is put to."""

from collections.abc import Iterator, Sequence

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.standing import Cause, TierChange
from shared.accounts.store import AccountChange, Link
from shared.aws.dynamodb.account_rows import history_attributes
from shared.aws.dynamodb.accounts import DynamoAccounts
from tests.simulation.stores import TableOfAccounts


class DynamoTableOfAccounts(TableOfAccounts):
    """Reads and writes DynamoDB; what it keeps besides is for the streams and lists, which moto has not."""

    def __init__(self, store: DynamoAccounts) -> None:
        super().__init__()
        self._store = store

    def get(self, account_id: AccountId) -> Account | None:
        return self._store.get(account_id)

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:
        return self._store.get_many(account_ids, consistent=consistent)

    def links(self, records: Sequence[RecordKey], *, consistent: bool = True) -> dict[RecordKey, Link]:
        super().links(records)
        return self._store.links(records, consistent=consistent)

    def history(self, account_id: AccountId, *, after: int = 0) -> Iterator[TierChange]:
        return iter([*self._store.history(account_id, after=after)])

    def commit(self, change: AccountChange) -> Account:
        stored = self._store.commit(change)
        self._seen(change.cause, stored)
        if change.absorbed and (closed := self._store.get(change.absorbed.id)):
            self._seen(Cause.NONE, closed)
        self.linked.update({link.record: link for link in change.links})
        if change.history:
            self._append(change.history)
        self.tell(change)
        return stored

    def _seen(self, cause: Cause, account: Account) -> None:
        self.changes.append((cause, self.accounts.get(account.id), account))
        self.accounts[account.id] = account

    def append(self, row: TierChange) -> None:
        self._store._history(**history_attributes(row)).save()
        super().append(row)

    def reread(self) -> None:
        """What was kept besides gives way to what DynamoDB has."""
        self.linked = self._store.links([*self.linked])
        self.accounts = self._store.get_many([*self.accounts])
        self.rows = {key: [*self._store.history(key)] for key in self.accounts}
