"""Merging one record's update into its account: found by its links, founded if there is none, written on condition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import AccountId, RecordKey, account_id_for
from shared.accounts.merge import Merge, apply, revalued
from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange, AccountMoved, AccountStore, AccountTooLarge, Link
from shared.ingestion.linking import Absorb, Claim, Conflict, judge
from shared.runtime.failures import Retryable

ATTEMPTS = 8
"""Of one update, where others write its account at the same time."""


class AccountBusy(Retryable):
    """Others wrote the account each time between our reading and our writing it."""


@dataclass(frozen=True, slots=True)
class Merged:
    account_id: AccountId
    writes: int
    """Commits made; 0: the update said nothing new."""
    conflicts: tuple[str, ...]
    """Why stated records were not linked, a sentence each."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of an update's record and those it states, as it was read."""

    links: Mapping[RecordKey, Link]
    heads: Mapping[AccountId, Account]
    """Where each link leads now: an account that was absorbed leads to the one that took it over."""

    def head(self, record: RecordKey) -> Account | None:
        return self.heads.get(self.links[record].account_id) if record in self.links else None


class Merger:
    """Writes accounts: in whatever order updates arrive, repeated and stale ones too, they end up the same."""

    def __init__(self, accounts: AccountStore) -> None:
        self._accounts = accounts

    def take(self, update: RecordUpdate, catalogue: Catalogue, now: datetime) -> Merged:
        """Links are claimed by stale updates too: which one brings them must not matter.

        The first look may be a moment old. What is written is conditioned on it, and what is not newer than an older
        state is not newer than the present one; only a refusal to link or to grow is not final. From the second look on
        all is as it is. Raises AccountBusy, AccountTooLarge, VersionKindChanged.
        """
        writes = 0
        for looks in range(ATTEMPTS):
            try:
                merged = self._take(update, catalogue, now, consistent=looks > 0)
            except AccountMoved:
                continue
            except AccountTooLarge:
                if looks:
                    raise
                continue
            writes += merged.writes
            if looks or not merged.conflicts:
                return Merged(merged.account_id, writes, merged.conflicts)
        raise AccountBusy(f"the account was written by others {ATTEMPTS} times in a row")

    def _take(self, update: RecordUpdate, catalogue: Catalogue, now: datetime, *, consistent: bool) -> Merged:
        found = self._find((update.key, *update.also_known_as), consistent=consistent)
        own = found.links.get(update.key)
        home = found.head(update.key) or Account(own.account_id if own else account_id_for(update.key), created_at=now)
        judgements = [judge(key, home.id, found.links.get(key), found.head(key)) for key in _stated(update)]
        claims = [Link(claim.record, home.id, stated=True) for claim in judgements if isinstance(claim, Claim)]
        links = claims if own else [Link(update.key, home.id, stated=False), *claims]
        absorbs = [judgement for judgement in judgements if isinstance(judgement, Absorb)]
        writes = self._commit(home, apply(home, update, catalogue, now), links, absorbs, catalogue=catalogue, now=now)
        conflicts = [judgement.reason(home.id) for judgement in judgements if isinstance(judgement, Conflict)]
        return Merged(home.id, writes, tuple(conflicts))

    def _find(self, records: Sequence[RecordKey], *, consistent: bool) -> _Found:
        """One hop is the whole way: an account that absorbed another has two records, so nothing absorbs it."""
        links = self._accounts.links(records, consistent=consistent)
        ids = sorted({link.account_id for link in links.values()})
        accounts = self._accounts.get_many(ids, consistent=consistent)
        onward = {account.merged_into for account in accounts.values() if account.merged_into}
        if not onward:
            return _Found(links, accounts)
        nexts = self._accounts.get_many(sorted(onward))
        heads = {
            key: nexts[account.merged_into] if account.merged_into else account for key, account in accounts.items()
        }
        return _Found(links, heads)

    def _commit(
        self,
        home: Account,
        merge: Merge,
        links: Iterable[Link],
        absorbs: Iterable[Absorb],
        *,
        catalogue: Catalogue,
        now: datetime,
    ) -> int:
        """One change for the update and the first account absorbed, one for each further; returns how many."""
        writes, before, links = 0, home, tuple(links)
        for absorb in absorbs:
            taken = merge.account.with_record(absorb.record, absorb.founded.records[absorb.record])
            merge = revalued(taken, catalogue, now, before=before)
            links = (*links, Link(absorb.record, home.id, stated=True))
            change = AccountChange(merge.account, merge.cause or Cause.NONE, links, absorbed=absorb.founded)
            before = self._accounts.commit(change)
            writes, links, merge = writes + 1, (), Merge(before, None)
        if merge.cause or links:
            self._accounts.commit(AccountChange(merge.account, merge.cause or Cause.NONE, links))
            writes += 1
        return writes


def _stated(update: RecordUpdate) -> Iterable[RecordKey]:
    return (key for key in dict.fromkeys(update.also_known_as) if key != update.key)
