"""Decides accounts' tiers and writes those that differ, whatever woke it: data, a moment that came, a new policy."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from functions.tier_trigger.gate import Gate
from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.merge import revalued
from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange, AccountMoved, AccountStore
from shared.configuration.breaker import Breaker
from shared.configuration.published import Published
from shared.configuration.reader import PublishedReader
from shared.runtime.messages import DecideAccounts, Work
from shared.runtime.ports import Queue
from shared.runtime.records import each_or_queued, queued
from shared.tiers.decision import Status
from shared.tiers.engine import explain
from shared.tiers.outcome import Verdict
from shared.tiers.rulebook import Rulebook
from shared.tiers.settle import settled, stands
from shared.tiers.skipping import differs
from shared.tiers.succession import CAUSE as TIERS
from shared.tiers.succession import moved
from shared.tiers.verdict import judge

TRIES = 5

type Tally = Counter[Status]
"""How many accounts were decided, by status."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What accounts are decided on."""

    cause: str
    """For the history."""
    recombine: bool = False
    """On values that are combined anew under the catalogue in force, which may have other source orders since they were
    written.
    """
    skipping: int | None = None
    """The policy version that was published to skip holds, as long as it is in force: an account for which another
    tier results than under the version before it moves at once.
    """

    def again(self, account_id: AccountId) -> list[Work]:
        """What brings the account back by itself, to be decided on the same."""
        return [DecideAccounts((account_id,), self.cause, self.skipping, self.recombine)]


@dataclass(frozen=True, slots=True)
class TierTrigger:
    accounts: AccountStore
    published: PublishedReader
    queue: Queue
    """Brings back, by itself, an account that failed."""
    clock: Callable[[], datetime]
    breaker: Breaker

    def decide_each(self, account_ids: Sequence[AccountId], occasion: Occasion) -> Tally:
        """Decides those of the accounts that exist, read at once.

        What fails is put on the queue by its id and delays no other. Raises QueueUnavailable where that fails too, and
        what the stores raise where none can be read.
        """
        tally: Tally = Counter()

        def decide(account: Account) -> None:
            tally[self._decided(account, occasion)] += 1

        accounts = self.accounts.get_many(account_ids)
        each_or_queued(accounts.values(), decide, self.queue, lambda account: occasion.again(account.id))
        return tally

    def hand_on(self, account_ids: Sequence[AccountId], occasion: Occasion) -> Tally:
        """Puts each account on the queue by itself, and looks at none: one of them may kill whoever does.

        Raises QueueUnavailable.
        """
        queued(account_ids, self.queue, occasion.again)
        return Counter()

    def decide_told(self, told: Mapping[AccountId, Account | None], occasion: Occasion) -> Tally:
        """Decides accounts of which the stream tells, each as it tells of it (None: in no form that can be read).

        Where that stands already as it is decided, as most do, nothing is read: a later change of its data is told of
        as well, and who wrote anything else decided on what is told here. The others are as for `decide_each`.
        """
        moving = [account_id for account_id, account in told.items() if account is None or not self._stands(account)]
        return self.decide_each(moving, occasion) if moving else Counter()

    def _stands(self, account: Account) -> bool:
        try:
            now = self.clock()
            published = self.published.read(now)
            rulebook = published.rulebook
            if moved(account, rulebook.tiers, published.settings.override_days, now):
                return False
            return stands(account, judge(account, rulebook, now))
        except Exception:  # noqa: BLE001 - it fails again where that delays no other, and is told there
            return False

    def decide_one(self, account_id: AccountId, occasion: Occasion) -> Tally:
        """Raises AccountMoved where others wrote the account each time; it may be tried again."""
        account = self.accounts.get(account_id)
        return Counter([] if account is None else [self._decided(account, occasion)])

    def _decided(self, account: Account, occasion: Occasion) -> Status:
        """The decision on the account as it was read, or on what others made of it before this one was written."""
        gate = Gate(self.breaker)
        for _ in range(TRIES):
            try:
                return self._written(account, occasion, gate)
            except AccountMoved:
                account = self.accounts.get(account.id) or account
        raise AccountMoved(f"account {account.id} was written by others {TRIES} times over")

    def _written(self, account: Account, occasion: Occasion, gate: Gate) -> Status:
        now = self.clock()
        published = self.published.read(now)
        rulebook = published.rulebook
        known, cause = account.values, occasion.cause
        if occasion.recombine:
            account = revalued(account, rulebook.catalogue, now, before=account).account
        audit = None
        if found := moved(account, rulebook.tiers, published.settings.override_days, now):
            account, audit, cause = found.account, found.audit, TIERS
        at_once = self._at_once(account, published, occasion, now)
        verdict, change = _decided(account, rulebook, cause, now, audit, at_once=at_once)
        if change is not None and change.history is not None and not gate.lets(account, change.history, published, now):
            verdict, change = _decided(account, rulebook.holding_demotions, cause, now, audit, at_once=at_once)
        if account.values != known:
            change = _with_values(change, account)
        if change is not None:
            self.accounts.commit(change)
        return verdict.status

    def _at_once(self, account: Account, published: Published, occasion: Occasion, now: datetime) -> bool:
        """What is published has the last word: of two who publish at once, the one who lost left a walk too."""
        rulebook = published.rulebook
        if not published.skips_holds or occasion.skipping != rulebook.policy_version:
            return False
        earlier = self.published.before(rulebook)
        return earlier is not None and differs(account, rulebook, earlier, now)


def _decided(
    account: Account, rulebook: Rulebook, cause: str, now: datetime, audit: AuditEntry | None, *, at_once: bool
) -> tuple[Verdict, AccountChange | None]:
    """The outcome, explained only where there is something to write."""
    verdict = judge(account, rulebook, now, at_once=at_once)
    if audit is None and stands(account, verdict):
        return verdict, None
    return verdict, settled(account, explain(account, rulebook, now, verdict), cause=cause, audit=audit)


def _with_values(change: AccountChange | None, account: Account) -> AccountChange:
    """Other values wake their readers, as data from a source would, unless the tier that follows from them does."""
    if change is None:
        return AccountChange(account, Cause.DATA)
    return replace(change, cause=Cause.DATA) if change.cause is Cause.NONE else change
