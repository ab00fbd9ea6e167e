"""Puts the routes together: every group of them with its use cases, behind one front door."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer

from functions.api.http.api import Api
from functions.api.http.contract import Contract
from functions.api.http.replays import replaying
from functions.api.routes.accounts import AccountRoutes
from functions.api.routes.alerts import AlertRoutes
from functions.api.routes.breaker import BreakerRoutes
from functions.api.routes.bulk import BulkRoutes
from functions.api.routes.contract import ContractRoutes
from functions.api.routes.evaluation import EvaluationRoutes
from functions.api.routes.fields import FieldRoutes
from functions.api.routes.health import HealthRoutes
from functions.api.routes.pauses import PauseRoutes
from functions.api.routes.policy import PolicyRoutes
from functions.api.routes.settings import SettingsRoutes
from functions.api.routes.sources import SourceRoutes
from functions.api.routes.standings import StandingRoutes
from functions.api.routes.tiers import TierRoutes
from functions.api.routes.why import WhyRoutes
from functions.api.service.accounts import Accounts
from functions.api.service.alerts import Alerts
from functions.api.service.breaking import Breaking
from functions.api.service.bulk import BulkEdits
from functions.api.service.configuration import Configuration
from functions.api.service.fields import Fields
from functions.api.service.moving import Moving
from functions.api.service.overriding import Overriding
from functions.api.service.pausing import Pausing
from functions.api.service.policies import Policies
from functions.api.service.preferences import Preferences
from functions.api.service.retier import Retier
from functions.api.service.syncs import Syncs
from functions.api.service.tiers import Tiers
from functions.api.service.why import Why
from shared.access.people import AdminDirectory
from shared.accounts.listing import AccountLists
from shared.accounts.store import AccountStore
from shared.alerts.store import AlertStore, NoticeStore
from shared.configuration.documents import DocumentStore
from shared.configuration.reader import SyncTimes
from shared.runtime.ports import Queue, Reports, RunStore, Secrets, SecretWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All that the API reads, writes and asks."""

    accounts: AccountStore
    lists: AccountLists
    documents: DocumentStore
    alerts: AlertStore
    notices: NoticeStore
    runs: RunStore
    reports: Reports
    synced: SyncTimes
    users: AdminDirectory
    secrets: Secrets
    secret_writer: SecretWriter
    decide: Queue
    syncs: Queue
    markers: BasePersistenceLayer
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    check_address: Callable[[str], object]
    """Raises VendorRefused where no connector may call the address."""


def build(
    ports: Ports, *, stage: str, public_url: str, retier_delay_seconds: int, begins_paused: bool, logger: Logger
) -> Api:
    configuration = Configuration(ports.documents, ports.synced, begins_paused=begins_paused)
    retier = Retier(ports.runs, ports.decide, ports.new_id, retier_delay_seconds)
    overriding = Overriding(ports.accounts, ports.notices, ports.users)
    accounts = Accounts(ports.accounts, ports.lists, ports.users)
    moving = Moving(ports.accounts, ports.lists)
    syncs = Syncs(
        configuration, ports.secret_writer, ports.runs, ports.reports, ports.syncs, ports.new_id, ports.check_address
    )
    api = Api(logger, ports.clock)
    app, once = api.resolver, replaying(ports.markers)
    TierRoutes(Tiers(configuration, ports.lists, moving, retier)).mount(app, once)
    FieldRoutes(Fields(configuration, retier)).mount(app, once)
    PolicyRoutes(Policies(configuration, retier)).mount(app, once)
    EvaluationRoutes(configuration).mount(app)
    AccountRoutes(accounts, configuration).mount(app)
    BulkRoutes(BulkEdits(accounts, ports.runs, ports.decide, ports.new_id), configuration).mount(app, once)
    StandingRoutes(accounts, overriding, configuration).mount(app, once)
    AlertRoutes(Alerts(ports.alerts, ports.users)).mount(app)
    SourceRoutes(syncs).mount(app, once)
    BreakerRoutes(Breaking(configuration, retier)).mount(app, once)
    PauseRoutes(Pausing(configuration, retier)).mount(app)
    SettingsRoutes(Preferences(configuration, retier)).mount(app)
    HealthRoutes(stage).mount(app)
    WhyRoutes(Why(ports.secrets, ports.accounts, ports.lists, configuration)).mount(app)
    ContractRoutes(Contract(app, public_url)).mount(app)
    return api
