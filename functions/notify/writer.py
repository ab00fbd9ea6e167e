"""Writes the message for a parcel: reads the alerts and accounts that it tells of, and who is to get it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from functions.notify.overrides import OverrideWriter, about_override
from shared.access.people import AdminDirectory
from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.store import AccountStore
from shared.alerts.admin_message import House, Paused, Waiting, about_breaker, about_waiting
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
from shared.alerts.notice import (
    AboutAlert,
    AboutAnswer,
    AboutBreaker,
    AboutExpiry,
    AboutRequest,
    AboutWaiting,
    Channel,
    Notice,
)
from shared.alerts.rule import Route
from shared.alerts.store import AlertStore, NoticeStore
from shared.configuration.pauses import MAIL, Pause
from shared.configuration.published import Published
from shared.configuration.reader import PublishedReader
from shared.runtime.ports import Secrets
from shared.tiers.shortfall import shortfall
from shared.why import link

NO_USER = "the recipient is no longer an active user, nor a fallback recipient"
PROMPT = timedelta(minutes=5)
"""An alert raised later than this after the account's last delivery came from something else: a date, a policy."""
NO_ALERT = "its alert is no longer kept"
NOT_OPEN = "somebody looked at the breaker before the mail went out"
NOTHING_WAITS = "nothing waits any more"
NOT_SO = "it was no longer so when the mail was to go out"
LOOKED_AT = 200
"""Waiting notices that are counted: their alerts are read."""


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
    directory: AdminDirectory
    secrets: Secrets
    public_url: str
    notices: NoticeStore

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
        match notices[0].about:
            case AboutAlert():
                return self._of_alerts(notices, to)
            case AboutBreaker(breaker_id):
                return self._of_breaker(breaker_id, to)
            case AboutWaiting(day):
                return self._of_waiting(day, to)
            case AboutExpiry() | AboutRequest() | AboutAnswer():
                return self.overrides.mail(notices, to.address) or Unsendable(NOT_SO)
            case other:
                assert_never(other)

    def _of_alerts(self, notices: Sequence[Notice], to: Addressee) -> Mail | Unsendable:
        match self._told(notices):
            case []:
                return Unsendable(NO_ALERT)
            case [story]:
                return about_one(story, to, self._words())
            case stories:
                return about_several(stories, to, self._words())

    def _of_breaker(self, breaker_id: str, to: Addressee) -> Mail | Unsendable:
        trip = self.writer.published.trip_now()
        if trip is None or trip.id != breaker_id or not trip.open:
            return Unsendable(NOT_OPEN)
        return about_breaker(trip, self.published.settings.breaker, to.address, self._house())

    def _of_waiting(self, day: str, to: Addressee) -> Mail | Unsendable:
        pause = self.mail_pause
        waiting = self._waiting()
        if pause is None or not waiting.anything:
            return Unsendable(NOTHING_WAITS)
        return about_waiting(waiting, Paused(pause.reason, pause.since, pause.until), to.address, day, self._house())

    @property
    def overrides(self) -> OverrideWriter:
        return OverrideWriter(self.writer.accounts, self.writer.directory, self._house(), self.now, self._link)

    def _link(self, account_id: AccountId) -> str:
        """To the why page."""
        token = link.sign(account_id, self.now + link.LASTS, self.writer.secrets.current("why")[0])
        return link.url(self.writer.public_url, token)

    def _waiting(self) -> Waiting:
        held = self.writer.notices.held(until=self.now, at_most=LOOKED_AT)
        ids = dict.fromkeys(notice.alert_id for notice in held if notice.channel is Channel.MAIL and notice.alert_id)
        alerts = self._alerts(list(ids))
        overrides = sum(about_override(notice) is not None for notice in held)
        return Waiting(alerts, more=len(held) == LOOKED_AT, overrides=overrides)

    @property
    def anything_waits(self) -> bool:
        return bool(self.writer.notices.held(until=self.now, at_most=1))

    def _house(self) -> House:
        return House(self.published.rulebook, self.writer.public_url)

    @property
    def mail_pause(self) -> Pause | None:
        """The pause of mail, while it lasts."""
        return self.published.pauses.holding(MAIL, self.now)

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
        story = self._stories.get(notice.alert_id) if notice.alert_id else None
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
        ids = [notice.alert_id for notice in notices if notice.alert_id]
        new = dict.fromkeys(alert_id for alert_id in ids if alert_id not in self._stories)
        alerts = self._alerts(list(new))
        if alerts:
            accounts = self.writer.accounts.get_many(list(dict.fromkeys(alert.account_id for alert in alerts)))
            self._stories.update({alert.id: self._story(alert, accounts.get(alert.account_id)) for alert in alerts})
        return [self._stories[alert_id] for alert_id in ids if alert_id in self._stories]

    def _alerts(self, ids: Sequence[AlertId]) -> list[Alert]:
        """Those that are kept, in their order."""
        found = self.writer.alerts.alerts_by_id(ids) if ids else {}
        return [found[alert_id] for alert_id in ids if alert_id in found]

    def _story(self, alert: Alert, account: Account | None) -> Story:
        lacking = shortfall(account, self.published.rulebook, self.now) if account else None
        return Story(alert, account, lacking, self._link(alert.account_id))

    def _words(self) -> Words:
        return Words(self.published.rulebook, {rule.id: rule.name for rule in self.published.alert_rules})
