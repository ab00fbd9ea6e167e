"""The whole product in one process: its handlers over in-memory ports, with the streams and queues between them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from functions.alerts.handler import handle as alerts_handle
from functions.announce.handler import handle as announce_handle
from functions.ingest.outcome import Failed
from functions.ingest.service import Received
from functions.notify.handler import handle as notify_handle
from functions.tier_trigger.handler import handle as decide_handle
from functions.webhook.http import request_of, response
from local.sandboxes.recurly.server import Running
from shared.access.people import User, UserId
from shared.accounts.account import Account
from shared.accounts.identity import RecordKey
from shared.accounts.standing import Cause
from shared.accounts.values import Json
from shared.configuration.documents import DocumentChange, Kind
from shared.connectors.recurly import client as recurly_client
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.bus import MemoryBus
from shared.memory.directory import MemoryDirectory
from shared.memory.documents import MemoryDocuments
from shared.memory.mail import MemoryMail
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryRuns, MemoryWatermarks
from shared.memory.secrets import MemorySecrets
from shared.memory.topic import MemoryTopic
from shared.runtime.ports import Message
from tests.support import signing, workers
from tests.support.builders import NOW
from tests.support.faults import Crash, Fault
from tests.support.images import image, row_image
from tests.support.workers import Ports

ANNA = User(UserId("u-anna"), "anna@example.com", "Anna Berg")
STREAMS = ("data", "tier", "history", "notices", "mail")
A_MINUTE = timedelta(minutes=1)
STEPS = 2_000
"""A flow that is not quiet by then feeds itself."""


@dataclass
class World:
    sandbox: Running | None = None
    fault: Fault = field(default_factory=Fault)
    now: datetime = NOW
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    watermarks: MemoryWatermarks = field(default_factory=MemoryWatermarks)
    directory: MemoryDirectory = field(default_factory=lambda: MemoryDirectory([ANNA]))
    mail: MemoryMail = field(default_factory=MemoryMail)
    topic: MemoryTopic = field(default_factory=MemoryTopic)
    bus: MemoryBus = field(default_factory=MemoryBus)
    hints: MemoryQueue = field(default_factory=MemoryQueue)
    decide: MemoryQueue = field(default_factory=MemoryQueue)
    announce: MemoryQueue = field(default_factory=MemoryQueue)
    evaluate: MemoryQueue = field(default_factory=MemoryQueue)
    notify: MemoryQueue = field(default_factory=MemoryQueue)
    syncs: MemoryQueue = field(default_factory=MemoryQueue)
    invocations: dict[str, int] = field(default_factory=dict)
    _claims: Any = field(default_factory=lambda: count(1))
    _read: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STREAMS, 0))

    def __post_init__(self) -> None:
        self.secrets = MemorySecrets(
            {
                "webhook/generic": [signing.GENERIC_SECRET],
                "webhook/recurly": [self.sandbox.options.webhook_secret if self.sandbox else signing.RECURLY_SECRET],
                "api/recurly": [self.sandbox.options.api_key if self.sandbox else "key"],
                "why": ["a key that signs links"],
            }
        )
        if self.sandbox:
            self.configure("source:recurly", {"base_url": self.sandbox.url})
        self._start_workers()

    def configure(self, document_id: str, body: Mapping[str, Json]) -> None:
        known = self.documents.get(Kind.PUBLISHED, document_id)
        change = DocumentChange(Kind.PUBLISHED, document_id, known.version if known else 0, body)
        self.documents.commit([change], at=self.now, by="admin", audit=())

    def _start_workers(self) -> None:
        """Each with memory of its own, as after a deployment or a crash."""
        ports = self._ports()
        self.receiver = workers.receiver(ports)
        self.ingest = workers.ingest(ports)
        self.walk = workers.walk(ports)
        self.bulk = workers.bulk(ports)
        self.alerting = workers.alerts(ports)
        self.announcer = workers.announcer(ports)
        self.notifier = workers.notifier(ports)
        self.clock = workers.clock(ports)

    def _ports(self) -> Ports:
        port = self.fault.port
        return Ports(
            accounts=port(self.accounts),
            alerts=port(self.alerts),
            documents=port(self.documents),
            runs=port(self.runs),
            watermarks=port(self.watermarks),
            directory=port(self.directory),
            secrets=port(self.secrets),
            mail=port(self.mail),
            topic=port(self.topic),
            bus=port(self.bus),
            hints=port(self.hints),
            decide=port(self.decide),
            announce=port(self.announce),
            evaluate=port(self.evaluate),
            notify=port(self.notify),
            syncs=port(self.syncs),
            connect=lambda key, config: self._connect(key, config.base_url),
            clock=lambda: self.now,
            new_claim=lambda: f"claim-{next(self._claims)}",
        )

    def _connect(self, key: str, base_url: str | None) -> Any:
        return self.fault.port(recurly_client.connect(key, base_url=base_url, loopback=True))

    def deliver(self, source: str, headers: Mapping[str, str], body: bytes) -> int:
        """A sender's request; the status that it gets. A sender that gets no answer sends again."""
        event = {"pathParameters": {"source": source}, "headers": headers, "body": body.decode()}
        return int(response(self.receiver.take(request_of(event), self.now))["statusCode"])

    def send_generic(self, data: Json, *, event_type: str = "account.updated") -> int:
        body = json.dumps({"type": event_type, "timestamp": "2026-11-22T07:00:00Z", "data": data}).encode()
        return self.deliver("generic", signing.generic_headers(body, self.now), body)

    def send_recurly(self, kind: str, object_id: str, event_type: str = "updated", **more: str) -> int:
        body = signing.recurly_body(kind, object_id, event_type, self.now, **more)
        secret = self.secrets.values["webhook/recurly"][0]
        return self.deliver("recurly", signing.recurly_headers(body, self.now, secret), body)

    def account(self, record: str) -> Account:
        link = self.accounts.linked[RecordKey.parse(record)]
        account = self.accounts.accounts[link.account_id]
        return self.accounts.accounts[account.merged_into] if account.merged_into else account

    def passes(self, span: timedelta) -> None:
        """Time goes by, minute by minute, and the clock ticks."""
        end = self.now + span
        while self.now < end:
            self.now = min(self.now + timedelta(minutes=1), end)
            self._surviving(lambda: self.clock.tick(self.now))
            self.settle()

    def settle(self) -> None:
        """Runs streams and queues until all is quiet; a worker that crashed is replaced and gets the same again."""
        for _ in range(STEPS):
            if not self._step():
                return
        raise AssertionError("the flow does not come to rest: it feeds itself")

    def _step(self) -> bool:
        """Whether any worker had something to do."""
        handlers: Mapping[str, Callable[[Any], Any]] = {
            "tier_trigger": lambda event: decide_handle(event, self.walk, self.bulk, until=self.now + A_MINUTE),
            "announce": lambda event: announce_handle(event, self.announcer),
            "alerts": lambda event: alerts_handle(event, self.alerting),
            "notify": lambda event: notify_handle(event, self.notifier),
        }
        queues = (
            ("tier_trigger", self.decide),
            ("announce", self.announce),
            ("alerts", self.evaluate),
            ("notify", self.notify),
        )
        rows = [row_image(row) for row in self.accounts.inserted]
        new = [{"NewImage": {"id": {"S": notice.id}}} for notice in self.alerts.inserted]
        done = [
            self._queue("ingest", self.hints, self._ingest),
            *(self._queue(name, queue, partial(_messages, handle=handlers[name])) for name, queue in queues),
            self._stream("tier_trigger", "data", self._caused(Cause.DATA), handlers["tier_trigger"]),
            self._stream("alerts", "tier", self._caused(Cause.TIER), handlers["alerts"]),
            self._stream("announce", "history", rows, handlers["announce"]),
            self._stream("notify", "notices", new, handlers["notify"]),
            self._confirm(),
        ]
        return any(done)

    def _caused(self, cause: Cause) -> list[Mapping[str, Any]]:
        """What the stream's filter lets through to a reader."""
        return [image(after, why) for why, _, after in self.accounts.changes if why is cause]

    def _stream(
        self, name: str, shard: str, records: Sequence[Mapping[str, Any]], handle: Callable[[Any], object]
    ) -> bool:
        batch = records[self._read[shard] :][:10]
        if not batch:
            return False
        self.invocations[name] = self.invocations.get(name, 0) + 1
        event = {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": record} for record in batch]}
        if self._surviving(lambda: handle(event)):
            self._read[shard] += len(batch)
        return True

    def _confirm(self) -> bool:
        """SES tells of each mail that it took."""
        mails = self.mail.sent[self._read["mail"] :]
        self._read["mail"] += len(mails)
        for _, tag in mails:
            event = {"detail-type": "Email Sent", "detail": {"eventType": "Send", "mail": {"tags": {"notice": [tag]}}}}
            self.notify.send([Message(json.dumps(event))])
        return bool(mails)

    def _queue(self, name: str, queue: MemoryQueue, handle: Callable[[list[Message]], list[int]]) -> bool:
        batch, rest = (taken := queue.take())[:10], taken[10:]
        queue.sent.extend(rest)
        if not batch:
            return False
        self.invocations[name] = self.invocations.get(name, 0) + 1
        failed: list[int] = list(range(len(batch)))

        def work() -> None:
            failed[:] = handle(batch)

        self._surviving(work)
        queue.sent.extend(batch[index] for index in failed)
        return True

    def _ingest(self, batch: list[Message]) -> list[int]:
        settled = self.ingest.work([Received(str(i), message.body) for i, message in enumerate(batch)], self.now)
        return [int(one.message_id) for one in settled if isinstance(one.outcome, Failed)]

    def _surviving(self, work: Callable[[], object]) -> bool:
        """Whether the worker lived; one that did not is replaced by one that remembers nothing."""
        try:
            work()
        except Crash:
            self._start_workers()
            return False
        return True


def _messages(batch: list[Message], handle: Callable[[Any], Any]) -> list[int]:
    """The places of the messages that failed."""
    records = [{"eventSource": "aws:sqs", "messageId": str(i), "body": m.body} for i, m in enumerate(batch)]
    return [int(failure["itemIdentifier"]) for failure in handle({"Records": records})["batchItemFailures"]]
