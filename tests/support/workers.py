"""The product's functions put together on whatever ports they are given: the flow tests and the simulator run these."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from functions.alerts.service import Alerts
from functions.announce.service import Announcer
from functions.clock.service import Clock
from functions.crm_sync.service import CrmSync
from functions.ingest.service import Ingest
from functions.notify.service import Notifier
from functions.notify.writer import Writer
from functions.tier_trigger.bulk import Bulk
from functions.tier_trigger.service import TierTrigger
from functions.tier_trigger.walk import Walk
from functions.webhook.service import Receiver
from shared.access.people import AdminDirectory
from shared.accounts.listing import AccountLists
from shared.accounts.store import AccountStore
from shared.alerts.store import AlertStore, MailSender, NoticeStore, TopicPublisher
from shared.configuration.breaker import Breaker
from shared.configuration.documents import DocumentStore
from shared.configuration.reader import PublishedReader
from shared.connectors.generic import webhook as generic
from shared.connectors.generic.mapping import GENERIC, to_record
from shared.connectors.lender import Connect, Lender
from shared.connectors.recurly import webhook as recurly
from shared.connectors.recurly.mapping import RECURLY
from shared.ingestion.intake import Intake
from shared.ingestion.notebook import Notebook
from shared.runtime.ports import Bus, Queue, Reports, RunStore, Secrets, Watermarks


class AccountPort(AccountStore, AccountLists, Protocol):
    """What the accounts' store offers."""


class AlertPort(AlertStore, NoticeStore, Protocol):
    """What the alerts' store offers."""


class RunPort(RunStore, Reports, Protocol):
    """What the runs' store offers."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """All that the functions reach the world through."""

    accounts: AccountPort
    alerts: AlertPort
    documents: DocumentStore
    runs: RunPort
    watermarks: Watermarks
    directory: AdminDirectory
    secrets: Secrets
    mail: MailSender
    topic: TopicPublisher
    bus: Bus
    hints: Queue
    decide: Queue
    announce: Queue
    evaluate: Queue
    notify: Queue
    syncs: Queue
    connect: Connect
    """Makes Recurly's connector."""
    clock: Callable[[], datetime]
    new_claim: Callable[[], str]
    config_age: timedelta = timedelta(0)
    """How long a worker trusts its copy of what is published."""

    def published(self) -> PublishedReader:
        return PublishedReader(self.documents, self.config_age)

    def deciding(self) -> PublishedReader:
        return PublishedReader(self.documents, self.config_age, synced=self.watermarks)

    def lender(self) -> Lender:
        return Lender({RECURLY: self.connect}, self.secrets)


def receiver(ports: Ports) -> Receiver:
    return Receiver({GENERIC: generic, RECURLY: recurly}, ports.secrets, ports.hints)


def ingest(ports: Ports) -> Ingest:
    return Ingest(
        published=ports.published(),
        lender=ports.lender(),
        trusted={GENERIC: to_record},
        intake=Intake(ports.accounts, ports.directory),
        notebook=Notebook(ports.runs),
        queue=ports.hints,
    )


def sync(ports: Ports) -> CrmSync:
    return CrmSync(
        published=ports.published(),
        lender=ports.lender(),
        runs=ports.runs,
        intake=Intake(ports.accounts, ports.directory),
        notebook=Notebook(ports.runs),
        synced=ports.watermarks,
        queue=ports.syncs,
        clock=ports.clock,
    )


def walk(ports: Ports) -> Walk:
    trigger = TierTrigger(
        ports.accounts, ports.deciding(), ports.decide, ports.clock, Breaker(ports.documents, ports.accounts)
    )
    return Walk(trigger, ports.accounts, ports.runs)


def bulk(ports: Ports) -> Bulk:
    return Bulk(walk(ports).trigger, ports.accounts, ports.runs, ports.alerts)


def alerts(ports: Ports) -> Alerts:
    return Alerts(ports.accounts, ports.alerts, ports.published(), ports.directory, ports.evaluate, ports.clock)


def announcer(ports: Ports) -> Announcer:
    return Announcer(ports.bus, ports.accounts, ports.announce, ports.clock)


def notifier(ports: Ports) -> Notifier:
    writer = Writer(
        alerts=ports.alerts,
        accounts=ports.accounts,
        published=ports.published(),
        directory=ports.directory,
        secrets=ports.secrets,
        public_url="https://tiers.example.com",
        notices=ports.alerts,
    )
    return Notifier(
        notices=ports.alerts,
        writer=writer,
        mail=ports.mail,
        topic=ports.topic,
        queue=ports.notify,
        clock=ports.clock,
        new_claim=ports.new_claim,
    )


def clock(ports: Ports) -> Clock:
    return Clock(
        ports.accounts, ports.alerts, ports.published(), ports.runs, ports.watermarks, ports.decide, ports.notify
    )
