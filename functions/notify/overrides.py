"""Writes the mails about overrides: reads the accounts that they tell of, as these stand when a mail goes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.access.people import UserDirectory
from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.store import AccountStore
from shared.alerts.admin_message import House
from shared.alerts.message import Mail
from shared.alerts.notice import AboutAnswer, AboutExpiry, AboutOverride, AboutRequest, Notice, NoticeId
from shared.alerts.override_message import OverrideStory, Words, about_overrides
from shared.alerts.override_notices import obsolete
from shared.tiers.engine import decide

NO_CSM = "the account has no CSM who is a user"
TOLD_AS_AUTHOR = "who set or asked for the override is the account's CSM, and is told as that"


@dataclass(frozen=True, slots=True)
class OverrideWriter:
    accounts: AccountStore
    directory: UserDirectory
    house: House
    now: datetime
    link_to: Callable[[AccountId], str]

    def obsolete(self, notices: Sequence[Notice]) -> Mapping[NoticeId, str]:
        """Those that need not be sent any more, each with the reason."""
        told = [(notice.id, about) for notice in notices if (about := about_override(notice)) is not None]
        found = self.accounts.get_many([about.account_id for _, about in told])
        reasons = {each: obsolete(about, found.get(about.account_id), self.now) for each, about in told}
        return {each: reason for each, reason in reasons.items() if reason is not None}

    def csm(self, notice: Notice) -> str:
        """The id of the user that a notice for the account's CSM goes to; raises NoReader."""
        about = about_override(notice)
        account = self.accounts.get(about.account_id) if about else None
        reason = obsolete(about, account, self.now) if about else None
        if account is None or reason is not None:
            raise NoReader(reason or NO_CSM)
        user = self.directory.find(account.owner) if account.owner else None
        if user is None:
            raise NoReader(NO_CSM)
        if account.override is not None and account.override.author == user.id:
            raise NoReader(TOLD_AS_AUTHOR)
        return user.id

    def mail(self, notices: Sequence[Notice], to: str) -> Mail | None:
        """None where nothing is left to be told."""
        told = [about for notice in notices if (about := about_override(notice)) is not None]
        found = self.accounts.get_many([about.account_id for about in told])
        stories = [
            self._story(about, account)
            for about in told
            if (account := found.get(about.account_id)) and obsolete(about, account, self.now) is None
        ]
        if not stories:
            return None
        return about_overrides(stories, to, notices[0].id, Words(self.house, self._person))

    def _story(self, about: AboutOverride, account: Account) -> OverrideStory:
        decided = account if isinstance(about, AboutAnswer) else replace(account, override=None)
        decision = decide(decided, self.house.rulebook, self.now)
        return OverrideStory(about, account, decision, self.link_to(account.id))

    def _person(self, user_id: str) -> str:
        user = self.directory.find(user_id)
        return user.name if user else user_id


class NoReader(Exception):
    """Nobody is to get a notice, for the reason that the message says."""


def about_override(notice: Notice) -> AboutOverride | None:
    return notice.about if isinstance(notice.about, (AboutExpiry, AboutRequest, AboutAnswer)) else None
