"""SQS as it is deployed: what fails twice goes on alone, what fails alone five times is put to the dead letters."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from shared.memory.queues import MemoryQueue
from shared.runtime.ports import Message
from shared.runtime.records import ISOLATION
from tests.simulation import deployed
from tests.simulation.loop import SECOND
from tests.simulation.steps import Ended, Function

POLL = 0.05
"""Seconds that a poller waits for more."""


@dataclass(slots=True, eq=False)
class Held:
    """A message, somewhere on its way."""

    id: str
    body: str
    received: int = 0
    """From the queue that it is on."""
    failed: int = 0
    """Of its receives alone, those that it came back from."""
    unlucky: int = 0
    """Of these, those whose step met an injected fault."""


@dataclass
class Shelf:
    """One queue with the function that it wakes."""

    name: str
    batch: int
    concurrency: int
    visibility: float
    most: int
    """Receives; then it goes on to `onward`."""
    onward: Callable[[Held], None]
    function: Function[Any]
    handle: Callable[[Any, Any], Any]
    """The handler: the event, the service, and what it answers."""
    ready: deque[Held] = field(default_factory=deque)
    delayed: int = 0
    working: int = 0
    _polled: bool = False

    @property
    def empty(self) -> bool:
        return not (self.ready or self.delayed or self.working)

    def put(self, held: Held, delay: float) -> None:
        self.delayed += 1
        self.function.loop.after(delay, lambda: self._visible(held))

    def _visible(self, held: Held) -> None:
        self.delayed -= 1
        self.ready.append(held)
        self._poll()

    def _poll(self) -> None:
        if self.ready and not self._polled and self.working < self.concurrency:
            self._polled = True
            self.function.loop.after(POLL, self._receive)

    def _receive(self) -> None:
        self._polled = False
        batch: list[Held] = []
        while self.ready and len(batch) < self.batch:
            held = self.ready.popleft()
            if held.received >= self.most:
                self.onward(held)
            else:
                held.received += 1
                batch.append(held)
        if batch:
            self.working += 1
            begun = self.function.loop.micros
            records = [self._record(held) for held in batch]
            self.function.start(
                lambda service: self.handle({"Records": records}, service), lambda end: self._ended(batch, begun, end)
            )
        self._poll()

    def _record(self, held: Held) -> dict[str, str]:
        return {
            "eventSource": "aws:sqs",
            "eventSourceARN": self.name,
            "messageId": held.id,
            "body": held.body,
        }

    def _ended(self, batch: Sequence[Held], begun: int, end: Ended) -> None:
        self.working -= 1
        whole = None if end.error else {each["itemIdentifier"] for each in end.value["batchItemFailures"]}
        elapsed = (self.function.loop.micros - begun) / SECOND
        for held in batch:
            if whole is None or held.id in whole:
                if self.batch == 1:
                    held.failed += 1
                    held.unlucky += end.faults > 0
                self.put(held, max(0.0, self.visibility - elapsed))
            elif self.function.dice.hits(self.function.dice.rates.repeated):
                self.function.dice.count("message repeated")
                self.put(Held(held.id, held.body), self.visibility)
        self._poll()


class WorkQueue(MemoryQueue):
    """Queue: its main queue, its isolation queue and its dead letters."""

    def __init__(self, name: str, function: Function[Any], handle: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.name = name
        self.dead: list[Held] = []
        self.died: list[Held] = []
        """All that ever came to the dead letters."""
        self._ids = count()
        self._function = function
        figures, visibility = deployed.QUEUES[name], deployed.VISIBILITY * function.seconds
        alone, most = deployed.ISOLATED_AT_ONCE, deployed.GIVE_UP_AFTER
        self.isolation = Shelf(f"{name}{ISOLATION}", 1, alone, visibility, most, self._dies, function, handle)
        together, most = figures.concurrency, deployed.ISOLATE_AFTER
        self.main = Shelf(name, figures.batch, together, visibility, most, self._isolated, function, handle)

    def send(self, messages: Sequence[Message]) -> None:
        super().send(messages)
        for message in self.take():
            # A standard queue keeps no order.
            self.main.put(
                Held(f"{self.name}-{next(self._ids)}", message.body),
                message.delay_seconds + 0.005 + 0.2 * self._function.dice.roll(),
            )

    def _isolated(self, held: Held) -> None:
        held.received = 0
        self._function.dice.count("message isolated")
        self.isolation.put(held, 0.05)

    def _dies(self, held: Held) -> None:
        self.dead.append(held)
        self.died.append(held)

    def redrive(self, left: Callable[[Held], bool] = lambda _: False) -> None:
        """A person sends the dead letters on their way again, but for those that are to be left."""
        dead, self.dead = self.dead, [held for held in self.dead if left(held)]
        for held in dead:
            if not left(held):
                self.main.put(Held(held.id, held.body), 1.0)

    @property
    def empty(self) -> bool:
        """Whether nothing is on its way; what is dead is not."""
        return self.main.empty and self.isolation.empty
