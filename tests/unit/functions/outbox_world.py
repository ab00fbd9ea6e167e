"""A world around the outbox: stream, queue, clock and SES's events go on until all is quiet; one port call may fail."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast

from functions.clock.service import Clock
from functions.notify.handler import handle
from functions.notify.service import Notifier
from functions.notify.writer import Writer
from shared.accounts.identity import AccountId
from shared.alerts.message import Mail
from shared.alerts.notice import Channel, Notice, NoticeState
from shared.alerts.raising import Audience, evaluate
from shared.alerts.rule import FRESH
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.reader import PublishedReader
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.directory import MemoryDirectory
from shared.memory.documents import MemoryDocuments
from shared.memory.mail import MemoryMail
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryRuns, MemoryWatermarks
from shared.memory.secrets import MemorySecrets
from shared.memory.topic import MemoryTopic
from shared.runtime.messages import SendNotices, write
from shared.runtime.ports import Message
from shared.tiers.model import FRESH as TIERS
from tests.support import builders
from tests.unit.alerts.builders import ANN, NOW, audience, change

type Event = dict[str, Any]
MINUTE = timedelta(minutes=1)
SENT, HELD, DEAD = NoticeState.SENT, NoticeState.HELD, NoticeState.DEAD


class Crash(BaseException):
    """The process is gone: nothing catches it, and what was asked of it is brought again."""


@dataclass
class Fault:
    """Strikes the `at`th port call once, before its effect or after it."""

    at: int
    after: bool
    error: BaseException
    calls: int = 0

    @property
    def struck(self) -> bool:
        return self.calls >= self.at

    def around[T](self, call: Callable[[], T]) -> T:
        self.calls += 1
        if self.calls != self.at:
            return call()
        if self.after:
            call()
        raise self.error


class _Port:
    def __init__(self, port: object, fault: Fault) -> None:
        self._port, self._fault = port, fault

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return lambda *args, **options: self._fault.around(lambda: method(*args, **options))


@dataclass
class World:
    """`confirms` is whether SES's SEND events come."""

    fault: Fault = field(default_factory=lambda: Fault(0, after=False, error=Crash()))
    confirms: bool = True
    now: datetime = NOW
    store: MemoryAlerts = field(default_factory=MemoryAlerts)
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    directory: MemoryDirectory = field(default_factory=lambda: MemoryDirectory([ANN]))
    secrets: MemorySecrets = field(default_factory=lambda: MemorySecrets({"why": ["a key"]}))
    mail: MemoryMail = field(default_factory=MemoryMail)
    topic: MemoryTopic = field(default_factory=MemoryTopic)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    watermarks: MemoryWatermarks = field(default_factory=MemoryWatermarks)
    decisions: MemoryQueue = field(default_factory=MemoryQueue)
    _claims: Any = field(default_factory=lambda: count(1))
    _confirmed: int = 0

    def __post_init__(self) -> None:
        self.notifier = self.another_worker()
        self.clock = Clock(
            self.accounts,
            self.store,
            PublishedReader(self.documents, timedelta(0)),
            MemoryRuns(),
            self.watermarks,
            self.decisions,
            self.queue,
        )

    def another_worker(self) -> Notifier:
        """A process of its own: what it keeps in memory is lost with it."""

        def port(twin: object) -> Any:
            return cast("Any", _Port(twin, self.fault))

        writer = Writer(
            alerts=port(self.store),
            accounts=port(self.accounts),
            published=PublishedReader(port(self.documents), timedelta(seconds=10)),
            directory=port(self.directory),
            secrets=port(self.secrets),
            public_url="https://tiers.example.com",
            notices=port(self.store),
        )
        return Notifier(
            notices=port(self.store),
            writer=writer,
            mail=port(self.mail),
            topic=port(self.topic),
            queue=port(self.queue),
            clock=lambda: self.now,
            new_claim=lambda: f"claim-{next(self._claims)}",
        )

    def raises(self, account: str = "acme", *, up: bool = False, told: Audience | None = None) -> Sequence[Notice]:
        """An account, in a lower tier or a higher one, with its alert and notices."""
        key = AccountId(account)
        before, after = ("tier-2", "tier-1") if up else ("tier-1", "tier-2")
        built = builders.account(account, name=f"Account {account}", owner=ANN.id, mrr="640.00", tier=after)
        self.accounts.accounts[key] = built
        evaluation = evaluate(
            [change(2, before, after, account)],
            seen=self.store.seen(key),
            account=built,
            rules=FRESH,
            tiers=TIERS,
            audience=told or audience(),
            now=self.now,
        )
        self.store.record(evaluation)
        return evaluation.notices

    def names_fallback(self, *addresses: str) -> None:
        settings = DocumentChange(Kind.PUBLISHED, "settings", 0, {"fallback_recipients": list(addresses)})
        self.documents.commit([settings], at=self.now, by="a test", audit=())

    def streams(self) -> Event:
        """What the table's stream brings: each notice that was recorded as pending."""
        pending = [notice for notice in self.store.inserted if notice.state is NoticeState.PENDING]
        return stream_event([notice.id for notice in pending])

    def asks(self, *ids: str) -> None:
        self.queue.send([write(SendNotices(ids))])

    def settles(self, event: Event | None = None, minutes: int = 60) -> None:
        """The event, and then minute by minute whatever queue, clock and SES bring, until the time is over."""
        if event:
            while not self._survives(event):
                pass
        for _ in range(minutes):
            self._drains()
            self.now += MINUTE
            self.clock.tick(self.now)
            self._confirms()
        self._drains()

    def _drains(self) -> None:
        while taken := self.queue.take():
            for message in taken:
                body = message.body
                while not self._survives(queue_event(body)):
                    pass

    def _confirms(self) -> None:
        for _, claim in self.mail.sent[self._confirmed :]:
            if self.confirms:
                self.queue.send([write_event("Email Sent", claim)])
        self._confirmed = len(self.mail.sent)

    def _survives(self, event: Event) -> bool:
        """Whether the event is done with; else it comes again, to a new process."""
        try:
            answer = handle(event, self.notifier)
        except BaseException as error:
            if error is not self.fault.error:
                raise
            self.notifier = self.another_worker()
            return False
        return not answer.get("batchItemFailures")

    @property
    def mails(self) -> list[Mail]:
        return [mail for mail, _ in self.mail.sent]

    @property
    def states(self) -> set[NoticeState]:
        return {notice.state for notice in self.store.noticed.values()}


def stream_event(ids: Sequence[str]) -> Event:
    return {
        "Records": [
            {"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": {"NewImage": {"id": {"S": notice_id}}}}
            for notice_id in ids
        ]
    }


def queue_event(*bodies: str) -> Event:
    return {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": str(number), "body": body} for number, body in enumerate(bodies)
        ]
    }


def write_event(kind: str, claim: str, **detail: object) -> Message:
    event = {
        "source": "aws.ses",
        "detail-type": kind,
        "detail": {"mail": {"messageId": f"ses-{claim}", "tags": {"notice": [claim]}}, **detail},
    }
    return Message(json.dumps(event))


def mail_of(world: World) -> Notice:
    return next(notice for notice in world.store.noticed.values() if notice.channel is Channel.MAIL)
