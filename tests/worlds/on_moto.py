"""The simulator's loop over every table on DynamoDB, as moto plays it, and Recurly's own client before the sandbox."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from unittest.mock import patch

from moto import mock_aws

from local.sandboxes.recurly.demo import demo_site
from local.sandboxes.recurly.server import API_KEY, running
from local.sandboxes.recurly.site import Site
from shared.accounts.identity import AccountId
from shared.accounts.listing import Page
from shared.accounts.values import Json
from shared.alerts.notice import Notice, NoticeState
from shared.alerts.store import Evaluation
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.dynamodb.runs import DynamoRuns, DynamoWatermarks
from shared.configuration.documents import DocumentChange, Kind
from shared.connectors.recurly import client as recurly_client
from tests.contract.tables import create_tables
from tests.simulation.deployment import BEGIN, Deployment
from tests.simulation.faults import Rates
from tests.simulation.on_dynamodb import DynamoTableOfAccounts
from tests.simulation.ports import port
from tests.simulation.run import patient_collector
from tests.simulation.stage import stage
from tests.simulation.stores import Put
from tests.simulation.streams import Stream
from tests.support.stored import scanned
from tests.support.workers import Ports
from tests.worlds.simulated import ADMIN, USERS, Simulated
from tests.worlds.vendors import SandboxBilling

_worlds = count(1)
"""Tables of one outlive it where another suite in the same process keeps moto up."""


class Accounts(DynamoTableOfAccounts):
    """The lists too are DynamoDB's."""

    def due(self, *, after: datetime, until: datetime) -> Sequence[AccountId]:
        return self._store.due(after=after, until=until)

    def ids(self, *, segment: int, segments: int, start: str | None, limit: int) -> Page[AccountId]:
        return self._store.ids(segment=segment, segments=segments, start=start, limit=limit)


class Alerts(DynamoAlerts):
    """With its stream, which moto has not."""

    on_notice: Put

    def record(self, evaluation: Evaluation) -> None:
        super().record(evaluation)
        self._streamed(evaluation.notices)

    def add(self, notices: Sequence[Notice]) -> None:
        super().add(notices)
        self._streamed(notices)

    def _streamed(self, notices: Sequence[Notice]) -> None:
        """By the filter of the deployed mapping."""
        for notice in notices:
            if notice.state is NoticeState.PENDING:
                self.on_notice(notice.id, {"NewImage": {"id": {"S": notice.id}}})


class OnMoto(Deployment):
    def __init__(self, seed: str) -> None:
        database = Database()
        self.client = database.client
        tables = create_tables(database, f"world-{next(_worlds)}")
        self.table = tables.__getitem__
        named = {name: tables[name] for name in ("accounts", "links", "history", "audit")}
        self._alerts = Alerts(database, alerts=tables["alerts"])
        self._documents = DynamoDocuments(database, config=tables["config"], audit=tables["audit"])
        self._runs = DynamoRuns(database, runs=tables["runs"])
        self._watermarks = DynamoWatermarks(database, runs=tables["runs"])
        accounts = Accounts(DynamoAccounts(database, **named))
        super().__init__(seed, Rates(), users=USERS, admins=[ADMIN], accounts=accounts)
        self.secrets.values["api/recurly"] = [API_KEY]

    def _ports(self) -> Ports:
        return replace(
            super()._ports(),
            alerts=port("store", "alerts", self._alerts),
            documents=port("store", "config", self._documents),
            runs=port("store", "runs", self._runs),
            watermarks=port("store", "watermarks", self._watermarks),
            connect=lambda key, config: port(
                "vendor", "vendor", recurly_client.connect(key, base_url=config.base_url, loopback=True)
            ),
        )

    def _streams(self) -> dict[str, Stream]:
        streams = super()._streams()
        self._alerts.on_notice = streams["notify"].put
        return streams

    def configure(self, document_id: str, body: Mapping[str, Json]) -> None:
        change = DocumentChange(Kind.PUBLISHED, document_id, 0, body)
        self._documents.commit([change], at=self.loop.now, by="admin", audit=())


@contextmanager
def on_moto(seed: str) -> Iterator[Simulated]:
    with _aws(), stage(), patient_collector():
        here = OnMoto(f"{seed}/moto")
        with running(Site(demo_site(BEGIN), clock=lambda: here.loop.now)) as sandbox:
            here.configure("source:recurly", {"base_url": sandbox.url})
            yield Simulated("moto", seed, here, SandboxBilling(sandbox.url), lambda: scanned(here.client, here.table))


@contextmanager
def _aws() -> Iterator[None]:
    """moto, with credentials and a region that no account has."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    given = {**dict.fromkeys(names, "testing"), "AWS_DEFAULT_REGION": "eu-central-1"}
    with patch.dict(os.environ, given), mock_aws():
        os.environ.pop("AWS_ENDPOINT_URL", None)
        yield
