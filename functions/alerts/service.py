"""Raises the alerts of the tier changes that an account's alert rules have not seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.access.people import UserDirectory
from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.store import AccountStore
from shared.alerts.raising import Audience, evaluate
from shared.alerts.store import AlertStore, EvaluationMoved
from shared.configuration.reader import PublishedReader
from shared.configuration.settings import Settings
from shared.runtime.failures import Retryable
from shared.runtime.ports import Queue

TRIES = 5


class Outrun(Retryable):
    """Other workers were faster each time."""


@dataclass(frozen=True, slots=True)
class Alerts:
    accounts: AccountStore
    alerts: AlertStore
    published: PublishedReader
    directory: UserDirectory
    queue: Queue
    """Its own: where accounts go that could not be evaluated."""
    clock: Callable[[], datetime]

    def evaluate(self, account_id: AccountId) -> int:
        """How many alerts were raised. Whoever evaluates the same rows again raises none.

        Raises Outrun, and what the stores raise.
        """
        for _ in range(TRIES):
            try:
                return self._evaluate(account_id)
            except EvaluationMoved:
                continue
        raise Outrun(f"the alerts of {account_id} were evaluated by others {TRIES} times over")

    def _evaluate(self, account_id: AccountId) -> int:
        now = self.clock()
        seen = self.alerts.seen(account_id)
        changes = tuple(self.accounts.history(account_id, after=seen))
        account = self.accounts.get(account_id) if changes else None
        if account is None:
            return 0
        published = self.published.read(now)
        evaluation = evaluate(
            changes,
            seen=seen,
            account=account,
            rules=published.alert_rules,
            tiers=published.rulebook.tiers,
            audience=self._audience(account, published.settings),
            now=now,
        )
        self.alerts.record(evaluation)
        return len(evaluation.alerts)

    def _audience(self, account: Account, settings: Settings) -> Audience:
        return Audience(
            csm=self.directory.find(account.owner) if account.owner else None,
            fallback=settings.fallback_recipients,
            time_zone=settings.time_zone,
            digest_hour=settings.digest_hour,
        )
