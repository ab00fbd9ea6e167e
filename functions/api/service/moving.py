"""Moves the accounts of a deleted tier at once, as far as one request goes; the walk that follows moves the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.api.service.present import coming, moving
from functions.api.service.session import Session
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.listing import AccountFilter, AccountLists
from shared.accounts.store import AccountMoved, AccountStore
from shared.configuration.published import Published
from shared.tiers.engine import decide

AT_ONCE = 200
"""Accounts that one request moves: each is a transaction, and the gateway waits 30 seconds."""


@dataclass(frozen=True, slots=True)
class Moving:
    accounts: AccountStore
    lists: AccountLists

    def move_now(self, gone: TierId, published: Published, session: Session) -> bool:
        """Whether every account that the index shows in the tier has moved; beyond AT_ONCE none of them does."""
        found = [*self._in(gone)]
        if len(found) > AT_ONCE:
            return False
        outcomes = [self._moved(each, published, session) for each in self.accounts.get_many(found).values()]
        return all(outcomes)

    def _moved(self, account: Account, published: Published, session: Session) -> bool:
        found = coming(account, published, session.now)
        if found is None:
            return True
        try:
            self.accounts.commit(moving(decide(found.account, published.rulebook, session.now), found))
        except AccountMoved:
            return False
        return True

    def _in(self, tier: TierId) -> Iterator[AccountId]:
        """The accounts in the tier, or the first of them that are too many."""
        count, cursor = 0, None
        while count <= AT_ONCE:
            page = self.lists.page(AccountFilter(tier=tier), limit=AT_ONCE + 1, cursor=cursor)
            yield from (account.id for account in page.items)
            count, cursor = count + len(page.items), page.cursor
            if cursor is None:
                return
