"""Alerts' use cases: what was raised, and on whose accounts."""

from dataclasses import dataclass, replace

from functions.api.service.refusals import NoSuch
from shared.access.people import UserDirectory
from shared.accounts.listing import Page
from shared.alerts.alert import Alert, AlertId
from shared.alerts.store import AlertFilter, AlertStore


@dataclass(frozen=True, slots=True)
class Alerts:
    store: AlertStore
    users: UserDirectory

    def find(self, alert_id: str) -> Alert:
        """Raises NoSuch."""
        alert = self.store.alert(AlertId(alert_id))
        if alert is None:
            raise NoSuch("alert of this id")
        return alert

    def page(self, where: AlertFilter, *, limit: int, cursor: str | None) -> Page[Alert]:
        """An owner may be named by e-mail address. Raises BadCursor."""
        user = None if where.owner is None else self.users.find(where.owner)
        return self.store.page(replace(where, owner=user.id if user else where.owner), limit=limit, cursor=cursor)
