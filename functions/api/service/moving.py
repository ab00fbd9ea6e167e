"""Moves the accounts of a tier that goes to another, each by an override that says so."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from functions.api.service.overriding import Overriding, default_expiry
from functions.api.service.refusals import Conflict, Malformed
from functions.api.service.session import Session
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.listing import AccountFilter, AccountLists
from shared.accounts.standing import Override
from shared.accounts.store import AccountStore
from shared.configuration.published import Published
from shared.rules.errors import Code, DocumentError
from shared.tiers.model import Tier

AT_ONCE = 200
"""Accounts that one request moves: each is a transaction, and the gateway waits 30 seconds."""


@dataclass(frozen=True, slots=True)
class Moving:
    accounts: AccountStore
    lists: AccountLists
    overriding: Overriding

    def move_all(self, tier: Tier, move_to: str, published: Published, session: Session) -> None:
        """Raises Malformed where `move_to` is no other tier, Conflict beyond AT_ONCE accounts, AccountMoved."""
        if move_to == tier.id or move_to not in published.rulebook.tiers.by_id:
            error = DocumentError("/query/move_to", Code.UNKNOWN_TIER, "name another tier, by its id")
            raise Malformed("The accounts can't be moved there.", [error])
        found = [*self._in(tier.id)]
        if len(found) > AT_ONCE:
            raise Conflict(
                f"At least {len(found)} accounts are in {tier.name}; at most {AT_ONCE} are moved at once."
                " Move them by the policy or by overrides first.",
                code="too_many_to_move",
            )
        for account in self.accounts.get_many(found).values():
            if account.standing.tier == tier.id:
                self.overriding.put(
                    account, _moved(account, tier, TierId(move_to), published, session), published, session
                )

    def _in(self, tier: TierId) -> Iterator[AccountId]:
        """The accounts in the tier, or the first of them that are too many."""
        count, cursor = 0, None
        while count <= AT_ONCE:
            page = self.lists.page(AccountFilter(tier=tier), limit=AT_ONCE + 1, cursor=cursor)
            yield from (account.id for account in page.items)
            count, cursor = count + len(page.items), page.cursor
            if cursor is None:
                return


def _moved(account: Account, tier: Tier, move_to: TierId, published: Published, session: Session) -> Override:
    """A person's override keeps its reason and expiry."""
    if account.override is not None and account.override.tier == tier.id and account.override.holds(session.now):
        return replace(account.override, tier=move_to)
    return Override(
        tier=move_to,
        reason=f"{tier.name} was deleted",
        author=session.actor.id,
        set_at=session.now,
        expires_at=default_expiry(published.settings, session.now),
    )
