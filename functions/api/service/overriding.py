"""Overrides: a person's word on one account's tier, decided in process so that the reply already shows its effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from functions.api.service.present import coming
from functions.api.service.refusals import Conflict, NoSuch
from functions.api.service.session import Session
from shared.access.people import AdminDirectory
from shared.access.permissions import OVERRIDES, reach
from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.accounts.standing import Override, Request
from shared.accounts.store import AccountChange, AccountStore
from shared.accounts.values import parse_moment
from shared.alerts.notice import Notice
from shared.alerts.override_notices import of_change, of_request
from shared.alerts.store import NoticeStore
from shared.configuration.published import Published
from shared.configuration.settings import Settings
from shared.rules.errors import Code
from shared.rules.reading import Reading
from shared.tiers import by_hand
from shared.tiers.by_hand import Act, NotNow, Seen

SECOND = timedelta(seconds=1)
REJECTED_FOR = timedelta(days=90)
"""How long a demotion stays rejected where neither the request nor the settings say: none is rejected for ever unless
somebody asks for just that."""


class Waiting(StrEnum):
    """What of an account waits for a person."""

    DEMOTION = "demotion"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Meant:
    """Which of them a person answers."""

    of: Waiting | None = None
    """May be left out unless both wait."""
    seen: Seen | None = None
    """What they saw: nothing else is answered. None: what waits now, whatever it is."""

    def found(self, account: Account, act: Act) -> Waiting:
        """Raises NotNow where both wait and it is not said which."""
        if self.of is not None:
            return self.of
        if not account.requested:
            return Waiting.DEMOTION
        if by_hand.waits_for_approval(account, act) is None:
            return Waiting.REQUEST
        raise NotNow("A demotion and a request wait here: say in `of` which one you mean.", code="which")


@dataclass(frozen=True, slots=True)
class Until:
    """An expiry as it was asked for."""

    text: str | None
    given: bool
    """Else it lasts as long as the settings say."""

    def moment(self, reading: Reading, settings: Settings, now: datetime) -> datetime | None:
        if not self.given:
            return default_expiry(settings, now)
        if self.text is None:
            return None
        moment = reading.attempt(partial(parse_moment, self.text), "/expires_at", now + SECOND)
        if moment <= now:
            reading.refuse("/expires_at", Code.VALUE_NOT_FOR_TYPE, "write a time that is still to come")
        return moment


@dataclass(frozen=True, slots=True)
class Wish:
    """An override as it was asked for."""

    tier: str
    reason: str
    until: Until

    def override(self, published: Published, session: Session) -> Override:
        """Raises DocumentRefused."""
        expires_at = self._checked(published, session.now)
        return Override(TierId(self.tier), self.reason, session.actor.id, session.now, expires_at)

    def request(self, published: Published, session: Session) -> Request:
        """Raises DocumentRefused."""
        expires_at = self._checked(published, session.now)
        if not self.until.given:
            return Request(TierId(self.tier), self.reason, session.actor.id, session.now, by_default=True)
        return Request(TierId(self.tier), self.reason, session.actor.id, session.now, expires_at)

    def _checked(self, published: Published, now: datetime) -> datetime | None:
        reading = Reading()
        tiers = published.rulebook.tiers
        if self.tier not in tiers.by_id:
            reading.refuse("/tier", Code.UNKNOWN_TIER, f"write one of {', '.join(tiers.by_id)}")
        check_reason(reading, self.reason)
        expires_at = self.until.moment(reading, published.settings, now)
        reading.done()
        return expires_at


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, and of a demotion for how long."""

    reason: str
    until: Until

    def checked(self, settings: Settings, now: datetime) -> datetime | None:
        """When a rejected demotion may come again; raises DocumentRefused."""
        reading = Reading()
        check_reason(reading, self.reason)
        expires_at = self.until.moment(reading, settings, now)
        reading.done()
        return now + REJECTED_FOR if expires_at is None and not self.until.given else expires_at


@dataclass(frozen=True, slots=True)
class Overriding:
    accounts: AccountStore
    notices: NoticeStore
    people: AdminDirectory

    def find_overridden(self, account: Account, published: Published, session: Session) -> Account:
        """With the override that a deleted tier leaves it, where that is still to be written; raises NoSuch where it
        has none.
        """
        found = coming(account, published, session.now)
        account = account if found is None else found.account
        if account.override is None:
            raise NoSuch("override on this account")
        return account

    def find_request_of(self, account: Account, session: Session) -> Account:
        """Raises NoSuch where the user asks for nothing here."""
        request = account.request
        if request is None or not request.open or request.author != session.actor.id:
            raise NoSuch("request of yours on this account")
        return account

    def put(self, account: Account, override: Override | None, published: Published, session: Session) -> Account:
        """Sets or clears it, with the tier that follows, its history and audit, in one transaction.

        Raises AccountMoved.
        """
        return self._commit(by_hand.put(account, override, _act(published, session)))

    def ask(self, account: Account, request: Request, published: Published, session: Session) -> Account:
        """The managers are told; raises AccountMoved."""
        told = of_request(account, session.now, self.people.managers(), published.settings.fallback_recipients)
        return self._commit(by_hand.ask(account, request, _act(published, session)), told)

    def withdraw(self, account: Account, published: Published, session: Session) -> Account:
        """Raises AccountMoved."""
        return self._commit(by_hand.withdraw(account, _act(published, session)))

    def approve(self, account: Account, meant: Meant, published: Published, session: Session) -> Account:
        """Raises Conflict where nothing, or another thing, waits, or what waits is held; AccountMoved."""
        act = _act(published, session)
        try:
            if meant.found(account, act) is Waiting.DEMOTION:
                return self._commit(by_hand.approve(account, act, meant.seen))
            request = by_hand.open_request(account)
            expires_at = default_expiry(published.settings, act.at) if request.by_default else request.expires_at
            return self._commit(by_hand.grant(account, expires_at, act, meant.seen))
        except NotNow as error:
            raise Conflict(str(error), code=error.code) from error

    def reject(
        self, account: Account, meant: Meant, refused: Refused, published: Published, session: Session
    ) -> Account:
        """Raises DocumentRefused; Conflict where nothing, or another thing, waits; AccountMoved."""
        act = _act(published, session)
        expires_at = refused.checked(published.settings, act.at)
        try:
            if meant.found(account, act) is Waiting.DEMOTION:
                return self._commit(by_hand.reject(account, refused.reason, expires_at, act, meant.seen))
            return self._commit(by_hand.decline(account, refused.reason, act, meant.seen))
        except NotNow as error:
            raise Conflict(str(error), code=error.code) from error

    def _commit(self, change: AccountChange, told: Sequence[Notice] = ()) -> Account:
        """Whoever is to be told is noted first: of what then is not written nobody hears."""
        at = change.audit.at if change.audit else None
        notices = [*told, *(of_change(change.account, at) if at else ())]
        if notices:
            self.notices.add(notices)
        return self.accounts.commit(change)


def sets(session: Session) -> bool:
    """Whether the user may set overrides; who may not asks for them."""
    return reach(OVERRIDES, session.actor.roles) is not None


def check_reason(reading: Reading, reason: str) -> None:
    if not reason.strip():
        reading.refuse("/reason", Code.VALUE_NOT_FOR_TYPE, "say why, in a few words")


def default_expiry(settings: Settings, now: datetime) -> datetime | None:
    return None if settings.override_days is None else now + timedelta(days=settings.override_days)


def _act(published: Published, session: Session) -> Act:
    return Act(session.actor.id, session.now, published.rulebook)
