"""The product as it is deployed: its handlers on queues, streams and schedules that fail, over tables that don't."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from functions.alerts.handler import handle as alerts_handle
from functions.announce.handler import handle as announce_handle
from functions.crm_sync.handler import handle as sync_handle
from functions.ingest.handler import handle as ingest_handle
from functions.notify.handler import handle as notify_handle
from functions.tier_trigger.bulk import Bulk
from functions.tier_trigger.handler import A_PAGE as PAGE_OF_ACCOUNTS
from functions.tier_trigger.handler import handle as decide_handle
from functions.tier_trigger.walk import Walk
from functions.webhook.http import request_of, response
from shared.access.people import User
from shared.accounts.values import Json
from shared.configuration.documents import DocumentChange, Kind
from shared.memory.bus import MemoryBus
from shared.memory.directory import MemoryDirectory
from shared.memory.runs import MemoryRuns, MemoryWatermarks
from shared.memory.secrets import MemorySecrets
from shared.memory.topic import MemoryTopic
from shared.runtime.messages import SyncSource, write
from tests.simulation import deployed
from tests.simulation.faults import Dice, Rates
from tests.simulation.loop import Loop
from tests.simulation.ports import port
from tests.simulation.provider import Provider
from tests.simulation.queues import WorkQueue
from tests.simulation.steps import Ended, Function
from tests.simulation.stores import TableOfAccounts, TableOfAlerts, TableOfDocuments
from tests.simulation.streams import Stream
from tests.simulation.vendor import Vendor
from tests.support import signing, workers
from tests.support.workers import Ports

BEGIN = datetime(2026, 3, 28, 5, tzinfo=UTC)
"""In the night that follows, the clocks of Europe go forward."""
A_PAGE = timedelta(seconds=120)
A_MINUTE = timedelta(minutes=1)


class Deployment:
    """Everything that is deployed, and no time has passed."""

    def __init__(
        self,
        seed: str,
        rates: Rates,
        *,
        users: list[User],
        admins: list[User],
        accounts: TableOfAccounts | None = None,
        alerts: TableOfAlerts | None = None,
    ) -> None:
        self.loop = Loop(BEGIN)
        self.dice = Dice(seed, rates)
        self.accounts = accounts or TableOfAccounts()
        self.alerts = alerts or TableOfAlerts()
        self.documents = TableOfDocuments(lambda: self.loop.now)
        self.runs = MemoryRuns()
        self.watermarks = MemoryWatermarks()
        self.bus = MemoryBus()
        self.topic = MemoryTopic()
        self.vendor = Vendor(self.loop, self.dice)
        self.mail = Provider(self.loop, self.dice, lambda message: self.queues["notify"].send([message]))
        self.directory = MemoryDirectory(users, admins)
        self.secrets = MemorySecrets(
            {
                "webhook/generic": [signing.GENERIC_SECRET],
                "webhook/recurly": [signing.RECURLY_SECRET],
                "api/recurly": ["key"],
                "why": ["a key that signs links"],
            }
        )
        self._claims, self._requests = count(1), count(1)
        self.functions = self._functions()
        self.queues = self._queues()
        self.ports = self._ports()
        self.streams = self._streams()

    def _functions(self) -> dict[str, Function[Any]]:
        def function(name: str, seconds: float, build: Callable[[Ports], Any]) -> Function[Any]:
            return Function(name, seconds, lambda: build(self.ports), self.loop, self.dice)

        return {
            "webhook": function("webhook", 10, workers.receiver),
            "ingest": function("ingest", 60, workers.ingest),
            "crm_sync": function("crm_sync", 300, workers.sync),
            "tier_trigger": function("tier_trigger", 60, lambda ports: (workers.walk(ports), workers.bulk(ports))),
            "announce": function("announce", 30, workers.announcer),
            "alerts": function("alerts", 60, workers.alerts),
            "notify": function("notify", deployed.QUEUES["notify"].seconds, workers.notifier),
            "clock": function("clock", 55, workers.clock),
            "api": function("api", 29, lambda ports: ports),
        }

    def _queues(self) -> dict[str, WorkQueue]:
        def ingest(event: Any, service: Any) -> Any:
            return ingest_handle(event, service, self.loop.now)

        def sync(event: Any, service: Any) -> Any:
            return sync_handle(event, service, until=self.loop.now + timedelta(seconds=300) - A_PAGE)

        served: Mapping[str, tuple[str, Callable[[Any, Any], Any]]] = {
            "hints": ("ingest", ingest),
            "decide": ("tier_trigger", self._decide),
            "announce": ("announce", announce_handle),
            "evaluate-alerts": ("alerts", alerts_handle),
            "notify": ("notify", notify_handle),
            "syncs": ("crm_sync", sync),
        }
        return {name: WorkQueue(name, self.functions[function], handle) for name, (function, handle) in served.items()}

    def _ports(self) -> Ports:
        return Ports(
            accounts=port("store", "accounts", self.accounts),
            alerts=port("store", "alerts", self.alerts),
            documents=port("store", "config", self.documents),
            runs=port("store", "runs", self.runs),
            watermarks=port("store", "watermarks", self.watermarks),
            directory=port("store", "users", self.directory),
            secrets=port("store", "secrets", self.secrets),
            mail=port("provider", "mail", self.mail),
            topic=port("provider", "topic", self.topic),
            bus=port("bus", "bus", self.bus),
            hints=port("queue", "hints", self.queues["hints"]),
            decide=port("queue", "decide", self.queues["decide"]),
            announce=port("queue", "announce", self.queues["announce"]),
            evaluate=port("queue", "evaluate", self.queues["evaluate-alerts"]),
            notify=port("queue", "notify", self.queues["notify"]),
            syncs=port("queue", "syncs", self.queues["syncs"]),
            connect=lambda key, config: port("vendor", "vendor", self.vendor),  # noqa: ARG005 - the port's
            clock=lambda: self.loop.now,
            new_claim=lambda: f"claim-{next(self._claims)}",
            config_age=timedelta(seconds=deployed.CONFIG_AGE),
        )

    def _streams(self) -> dict[str, Stream]:
        streams = {
            "tier_trigger": Stream("tier_trigger", self.functions["tier_trigger"], self._decide),
            "alerts": Stream("alerts", self.functions["alerts"], alerts_handle),
            "announce": Stream("announce", self.functions["announce"], announce_handle),
            "notify": Stream("notify", self.functions["notify"], notify_handle),
        }
        self.accounts.on_data, self.accounts.on_tier = streams["tier_trigger"].put, streams["alerts"].put
        self.accounts.on_history, self.alerts.on_notice = streams["announce"].put, streams["notify"].put
        return streams

    def configure(self, document_id: str, body: Mapping[str, Json]) -> None:
        """Before anything runs."""
        change = DocumentChange(Kind.PUBLISHED, document_id, 0, body)
        self.documents.commit([change], at=self.loop.now, by="admin", audit=())

    def receive(
        self, source: str, headers: Mapping[str, str], body: bytes, answered: Callable[[int | None], None]
    ) -> None:
        """A sender's request, and the status that it gets: None where it gets no answer."""
        event = {"pathParameters": {"source": source}, "headers": headers, "body": body.decode()}

        def take(receiver: Any) -> int:
            return int(response(receiver.take(request_of(event), self.loop.now))["statusCode"])

        self.functions["webhook"].start(take, lambda end: answered(None if end.error else end.value))

    def asks(self, work: Callable[[Ports], Any], ended: Callable[[Ended], None]) -> None:
        """A person's request of the API."""
        self.functions["api"].start(work, ended)

    def tick(self) -> None:
        """The minute clock's schedule, from now on; one tick in a hundred does not come, one comes twice."""
        for _ in range(self._times()):
            self.functions["clock"].start(lambda clock: clock.tick(self.loop.now), _forgotten)
        self.loop.after(60, self.tick)

    def sync_tick(self) -> None:
        for _ in range(self._times()):
            self.queues["syncs"].send([write(SyncSource(source=None, run_id=None))])
        self.loop.after(60 * deployed.SYNC_TICK_MINUTES, self.sync_tick)

    def _times(self) -> int:
        if not self.dice.hits(self.dice.rates.tick):
            return 1
        self.dice.count("tick lost or doubled")
        return 2 * self.dice.hits(0.5)

    def _decide(self, event: Any, services: tuple[Walk, Bulk]) -> Any:
        return decide_handle(event, *services, until=self.loop.now + A_MINUTE - PAGE_OF_ACCOUNTS)

    @property
    def empty(self) -> bool:
        """Whether no queue and no stream has anything on its way; what the schedule of the syncs puts there apart."""
        queues = (queue for name, queue in self.queues.items() if name != "syncs")
        return all(queue.empty for queue in queues) and all(stream.empty for stream in self.streams.values())


def _forgotten(end: Ended) -> None:
    """The next minute takes what a lost one left."""
