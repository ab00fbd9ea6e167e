"""The why page's use case: a signed link opens one account's page, for whoever holds it."""

from dataclasses import dataclass
from datetime import datetime

from functions.api.service.configuration import Configuration
from functions.api.service.present import present
from shared.accounts.listing import AccountLists
from shared.accounts.store import AccountStore
from shared.runtime.ports import SecretMissing, Secrets
from shared.tiers.shortfall import shortfall
from shared.why.link import LinkRefused
from shared.why.link import open as opened
from shared.why.page import MOST_CHANGES, Page, render

KEY = "why"


@dataclass(frozen=True, slots=True)
class Why:
    secrets: Secrets
    accounts: AccountStore
    lists: AccountLists
    configuration: Configuration

    def page(self, token: str, now: datetime) -> Page | None:
        """None for a link that is not ours, has expired, or leads to no account: the three look alike."""
        try:
            account = self.accounts.get(opened(token, self.secrets.current(KEY), now))
        except (LinkRefused, SecretMissing):  # without a key no link was ever signed
            return None
        if account is None:
            return None
        published = self.configuration.published(now)
        rulebook, shown = published.rulebook, present(account, published, now)
        changes = self.lists.history_page(account.id, limit=MOST_CHANGES, cursor=None).items
        return render(*shown, changes, rulebook, shortfall(shown.account, rulebook, now))
