"""Writes the message for a parcel: reads the alerts and accounts that it tells of, and who is to get it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.access.people import UserDirectory
from shared.accounts.account import Account
from shared.accounts.store import AccountStore
from shared.alerts.alert import Alert, AlertId
from shared.alerts.message import (
    Addressee,
    Mail,
    Story,
    Words,
    about_one,
    about_several,
    headline,
    topic_message,
)
from shared.alerts.notice import Notice
from shared.alerts.rule import Route
from shared.alerts.store import AlertStore
from shared.configuration.published import Published
from shared.configuration.reader import PublishedReader
from shared.runtime.ports import Secrets
from shared.tiers.shortfall import shortfall
from shared.why import link

NO_USER = "the recipient is no longer an active user, nor a fallback recipient"
PROMPT = timedelta(minutes=5)
"""An alert raised later than this after the account's last delivery came from something else: a date, a policy."""
NO_ALERT = "its alert is no longer kept"


@dataclass(frozen=True, slots=True)
class Publication:
    """A message for the topic."""

    subject: str
    body: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Unsendable:
    reason: str


@dataclass(frozen=True, slots=True)
class Writer:
    alerts: AlertStore
    accounts: AccountStore
    published: PublishedReader
    directory: UserDirectory
    secrets: Secrets
    public_url: str

    def session(self, now: datetime) -> "Session":
        return Session(self, self.published.read(now), now)


@dataclass(frozen=True, slots=True)
class Session:
    """One batch's writing: an alert that goes to several recipients is read once."""

    writer: Writer
    published: Published
    now: datetime
    _stories: dict[AlertId, Story] = field(default_factory=dict)

    def mail(self, notices: Sequence[Notice]) -> Mail | Unsendable:
        to = self._addressee(notices[0].recipient)
        if to is None:
            return Unsendable(NO_USER)
        match self._told(notices):
            case []:
                return Unsendable(NO_ALERT)
            case [story]:
                return about_one(story, to, self._words())
            case stories:
                return about_several(stories, to, self._words())

    def publication(self, notice: Notice) -> Publication | Unsendable:
        stories = self._told([notice])
        if not stories:
            return Unsendable(NO_ALERT)
        alert = stories[0].alert
        return Publication(
            subject=headline(alert, self.published.rulebook.tiers),
            body=json.dumps(topic_message(stories[0], self._words()), ensure_ascii=False),
            attributes={"rule": alert.rule, "type": alert.type.value, "severity": alert.severity.value},
        )

    def waited(self, notice: Notice, until: datetime) -> timedelta | None:
        """From the delivery that led to the alert to `until`; None where none did, or the notice was held."""
        story = self._stories.get(notice.alert_id)
        if story is None or story.account is None or notice.route is not Route.IMMEDIATE:
            return None
        received = [record.received_at for record in story.account.records.values()]
        before = [moment for moment in received if moment <= story.alert.raised_at]
        return until - max(before) if before and story.alert.raised_at - max(before) < PROMPT else None

    def _addressee(self, recipient: str) -> Addressee | None:
        """A fallback recipient's address goes as it is; a user's is asked for now, for users change."""
        if recipient in self.published.settings.fallback_recipients:
            return Addressee(recipient, is_csm=False)
        user = self.writer.directory.find(recipient)
        return Addressee(user.email, is_csm=user.id == recipient) if user else None

    def _told(self, notices: Sequence[Notice]) -> list[Story]:
        """The stories of those notices whose alert is kept, in their order."""
        new = dict.fromkeys(notice.alert_id for notice in notices if notice.alert_id not in self._stories)
        alerts = [alert for alert_id in new if (alert := self.writer.alerts.alert(alert_id))]
        if alerts:
            accounts = self.writer.accounts.get_many(list(dict.fromkeys(alert.account_id for alert in alerts)))
            self._stories.update({alert.id: self._story(alert, accounts.get(alert.account_id)) for alert in alerts})
        return [self._stories[notice.alert_id] for notice in notices if notice.alert_id in self._stories]

    def _story(self, alert: Alert, account: Account | None) -> Story:
        key = self.writer.secrets.current("why")[0]
        token = link.sign(alert.account_id, self.now + link.LASTS, key)
        lacking = shortfall(account, self.published.rulebook, self.now) if account else None
        return Story(alert, account, lacking, link.url(self.writer.public_url, token))

    def _words(self) -> Words:
        return Words(self.published.rulebook, {rule.id: rule.name for rule in self.published.alert_rules})
