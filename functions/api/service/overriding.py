"""Overrides: a person's word on one account's tier, decided in process so that the reply already shows its effect."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from functions.api.service.refusals import NoSuch
from functions.api.service.session import Session
from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.accounts.standing import Override
from shared.accounts.store import AccountStore
from shared.accounts.values import parse_moment
from shared.configuration.published import Published
from shared.configuration.settings import Settings
from shared.rules.errors import Code
from shared.rules.reading import Reading
from shared.tiers.engine import decide
from shared.tiers.override_document import override_to_json
from shared.tiers.settle import settled

CAUSE = "override"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """An override as it was asked for."""

    tier: str
    reason: str
    expires_at: str | None
    expiry_given: bool
    """Else it lasts as long as the settings say."""

    def override(self, published: Published, session: Session) -> Override:
        """Raises DocumentRefused."""
        reading = Reading()
        tiers = published.rulebook.tiers
        if self.tier not in tiers.by_id:
            reading.refuse("/tier", Code.UNKNOWN_TIER, f"write one of {', '.join(tiers.by_id)}")
        if not self.reason.strip():
            reading.refuse("/reason", Code.VALUE_NOT_FOR_TYPE, "say why, in a few words")
        expires_at = default_expiry(published.settings, session.now)
        if self.expiry_given:
            expires_at = self._expiry(reading, session.now)
        reading.done()
        return Override(TierId(self.tier), self.reason, session.actor.id, session.now, expires_at)

    def _expiry(self, reading: Reading, now: datetime) -> datetime | None:
        if self.expires_at is None:
            return None
        moment = reading.attempt(partial(parse_moment, self.expires_at), "/expires_at", now + SECOND)
        if moment <= now:
            reading.refuse("/expires_at", Code.VALUE_NOT_FOR_TYPE, "write a time that is still to come")
        return moment


@dataclass(frozen=True, slots=True)
class Overriding:
    accounts: AccountStore

    def find_overridden(self, account: Account) -> Account:
        """Raises NoSuch where it has no override."""
        if account.override is None:
            raise NoSuch("override on this account")
        return account

    def put(self, account: Account, override: Override | None, published: Published, session: Session) -> Account:
        """Sets or clears it, with the tier that follows, its history and audit, in one transaction.

        Raises AccountMoved.
        """
        edited = replace(account, override=override, edits=account.edits + 1)
        entry = session.audit(
            "override.clear" if override is None else "override.set",
            f"account/{account.id}",
            override_to_json(account.override),
            override_to_json(override),
        )
        decision = decide(edited, published.rulebook, session.now)
        change = settled(edited, decision, cause=CAUSE, audit=entry)
        if change is None:
            raise AssertionError("with an audit entry there is always something to write")
        return self.accounts.commit(change)


def default_expiry(settings: Settings, now: datetime) -> datetime | None:
    return None if settings.override_days is None else now + timedelta(days=settings.override_days)
