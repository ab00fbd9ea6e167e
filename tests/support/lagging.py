"""A store whose reads lag as DynamoDB's may: what is not asked for consistently is as it was at some earlier moment."""

from collections.abc import Callable, Mapping, Sequence

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.store import AccountChange, Link
from shared.memory.accounts import MemoryAccounts

type Lag = Callable[[int], int]
"""How many commits ago, from 0 to the number given, an item is read as it was."""


class LaggingAccounts(MemoryAccounts):
    """Each item of a read lags by itself; a commit's conditions are checked on what is stored."""

    def __init__(self, lag: Lag) -> None:
        super().__init__()
        self.lag = lag
        self.asked: list[bool] = []
        """Of each read of accounts, whether it had to be consistent."""
        self._past: list[tuple[Mapping[AccountId, Account], Mapping[RecordKey, Link]]] = [({}, {})]
        """After each commit."""

    def commit(self, change: AccountChange) -> Account:
        written = super().commit(change)
        self._past.append((dict(self.accounts), dict(self.linked)))
        return written

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:
        self.asked.append(consistent)
        if consistent:
            return super().get_many(account_ids)
        found = {key: self._moment()[0].get(key) for key in account_ids}
        return {key: account for key, account in found.items() if account is not None}

    def links(self, records: Sequence[RecordKey], *, consistent: bool = True) -> dict[RecordKey, Link]:
        if consistent:
            return super().links(records)
        found = {key: self._moment()[1].get(key) for key in records}
        return {key: link for key, link in found.items() if link is not None}

    def _moment(self) -> tuple[Mapping[AccountId, Account], Mapping[RecordKey, Link]]:
        return self._past[-1 - self.lag(len(self._past) - 1)]
