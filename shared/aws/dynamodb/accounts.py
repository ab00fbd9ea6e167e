"""The accounts on DynamoDB: each write one call, conditioned on the version that was read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from shared.accounts.account import Account
from shared.accounts.encoding import MAX_BYTES, decoded, encoded, size
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.standing import Cause, TierChange
from shared.accounts.store import AccountChange, AccountMoved, AccountTooLarge, Link
from shared.aws.dynamodb import bulk
from shared.aws.dynamodb.account_lists import LAST, DynamoAccountLists
from shared.aws.dynamodb.account_rows import (
    AccountItem,
    HistoryItem,
    LinkItem,
    account_attributes,
    history_attributes,
    link_of,
)
from shared.aws.dynamodb.audit_rows import AuditItem, audit_attributes
from shared.aws.dynamodb.database import ConditionFailed, Database, is_key


class DynamoAccounts(DynamoAccountLists):
    """AccountStore and AccountLists; every method raises Retryable and Permanent besides what its port says."""

    def __init__(self, database: Database, *, accounts: str, links: str, history: str, audit: str) -> None:
        super().__init__(database, accounts=accounts, history=history)
        self._links_table = links
        self._account = database.bind(AccountItem, accounts)
        self._link = database.bind(LinkItem, links)
        self._history = database.bind(HistoryItem, history)
        self._audit = database.bind(AuditItem, audit)

    def get(self, account_id: AccountId) -> Account | None:
        if not is_key(account_id):
            return None
        with self._database.calling(f"read account {account_id}"):
            try:
                return decoded(self._account.get(account_id, consistent_read=True).attribute_values)
            except self._account.DoesNotExist:
                return None

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:
        return self._read(account_ids, consistent=consistent)

    def links(self, records: Sequence[RecordKey], *, consistent: bool = True) -> dict[RecordKey, Link]:
        texts = dict.fromkeys(text for record in records if is_key(text := str(record)))
        keys = [{"record": {"S": text}} for text in texts]
        items = bulk.get(self._database, self._links_table, keys, consistent=consistent)
        return {link.record: link for link in map(link_of, items)}

    def commit(self, change: AccountChange) -> Account:
        """One put where the account's item is all there is to write, else one transaction.

        A put that was written but whose answer was lost raises AccountMoved or Retryable: read again, nothing is left
        to do. A transaction repeated by its token succeeds.
        """
        account = _next(change.account)
        closed = None if change.closed is None else _next(change.closed)
        try:
            if closed or change.links or change.history or change.audit:
                self._commit_all(change, account, closed)
            else:
                with self._database.calling(f"write account {account.id}"):
                    self._item(account, change.cause).save(condition=self._unmoved(change.account))
        except ConditionFailed as error:
            raise AccountMoved(f"account {account.id}, or a link of it, was written since it was read") from error
        return account

    def _commit_all(self, change: AccountChange, account: Account, closed: Account | None) -> None:
        with self._database.transaction(f"write account {account.id}") as transaction:
            transaction.save(self._item(account, change.cause), condition=self._unmoved(change.account))
            if change.absorbed and closed:
                transaction.save(self._item(closed, Cause.NONE), condition=self._unmoved(change.absorbed))
            self._claim(transaction, change)
            if change.history:
                row = self._history(**history_attributes(change.history))
                transaction.save(row, condition=self._history.account_id.does_not_exist())
            if change.audit:
                transaction.save(self._audit(**audit_attributes(change.audit)))

    def _claim(self, transaction: TransactWrite, change: AccountChange) -> None:
        for link in change.links:
            free = self._link.record.does_not_exist() | (self._link.account_id == link.account_id)
            if change.absorbed:
                free |= self._link.account_id == change.absorbed.id
            item = self._link(record=str(link.record), account_id=link.account_id, stated=link.stated)
            transaction.save(item, condition=free)

    def _item(self, account: Account, cause: Cause) -> AccountItem:
        return self._account(**account_attributes(account, cause))

    def _unmoved(self, read: Account) -> Condition:
        return self._account.id.does_not_exist() if read.version == 0 else self._account.version == read.version

    def history(self, account_id: AccountId, *, after: int = 0) -> Iterator[TierChange]:
        return self._rows(account_id, after + 1, LAST)


def _next(account: Account) -> Account:
    """As it will be stored; raises AccountTooLarge."""
    stored = replace(account, version=account.version + 1)
    if (weight := size(encoded(stored))) > MAX_BYTES:
        raise AccountTooLarge(f"account {account.id} would have {weight} bytes; at most {MAX_BYTES} are kept")
    return stored
