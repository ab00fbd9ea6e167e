"""A table's stream and the function that it wakes: in order for each item, halved where it fails, until too old."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zlib import crc32

from tests.simulation import deployed
from tests.simulation.faults import Crash
from tests.simulation.loop import SECOND
from tests.simulation.steps import Ended, Function

LONGEST_BACKOFF = 60.0


class Record(NamedTuple):
    born: int
    """In microseconds."""
    change: Mapping[str, Any]
    """Its `dynamodb` member."""


@dataclass
class Lane:
    """Records that are worked on one batch after the other."""

    function: Function[Any]
    handle: Callable[[Any, Any], Any]
    aged: list[Record]
    waiting: deque[Record] = field(default_factory=deque)
    again: list[list[Record]] = field(default_factory=list)
    busy: bool = False
    failures: int = 0
    """In a row."""
    waited: int = 0
    """The longest that a record did until its batch was done, in microseconds."""

    def put(self, record: Record) -> None:
        self.waiting.append(record)
        if not self.busy:
            self.busy = True
            self.function.loop.after(0.1 + 0.4 * self.function.dice.roll(), self._next)

    def _next(self) -> None:
        batch = self.again.pop() if self.again else self._taken()
        if not batch:
            self.busy = False
            return
        records = [{"eventSource": "aws:dynamodb", "dynamodb": record.change} for record in batch]
        self.function.start(
            lambda service: self.handle({"Records": records}, service), lambda end: self._ended(batch, end)
        )

    def _taken(self) -> list[Record]:
        return [self.waiting.popleft() for _ in range(min(len(self.waiting), deployed.STREAM_BATCH))]

    def _ended(self, batch: list[Record], end: Ended) -> None:
        if end.error is None:
            self.failures = 0
            self.waited = max(self.waited, self.function.loop.micros - min(record.born for record in batch))
            self.function.loop.after(0.01, self._next)
            return
        self.failures += 1
        oldest = self.function.loop.micros - deployed.RECORD_AGE * SECOND
        self.aged += [record for record in batch if record.born < oldest]
        young = [record for record in batch if record.born >= oldest]
        half = len(young) // 2
        self.again += [part for part in (young[half:], young[:half]) if part]
        crashed = isinstance(end.error, Crash)
        self.function.dice.count(f"batch {'lost' if crashed else 'failed'} on a stream")
        self.function.loop.after(min(LONGEST_BACKOFF, 0.5 * 2 ** min(self.failures, 8)), self._next)


class Stream:
    def __init__(self, name: str, function: Function[Any], handle: Callable[[Any, Any], Any]) -> None:
        self.aged: list[Record] = []
        """What was too old to be tried again."""
        self._loop = function.loop
        self._begin = function.loop.begin.timestamp()
        self._lanes = [Lane(function, handle, self.aged) for _ in range(deployed.LANES[name])]

    def put(self, key: str, change: Mapping[str, Any]) -> None:
        written = int(self._begin + self._loop.micros / SECOND)
        record = Record(self._loop.micros, {**change, "ApproximateCreationDateTime": written})
        self._lanes[crc32(key.encode()) % len(self._lanes)].put(record)

    @property
    def waited(self) -> float:
        """The longest that a record did, in seconds."""
        return max(lane.waited for lane in self._lanes) / SECOND

    @property
    def empty(self) -> bool:
        return not any(lane.busy for lane in self._lanes)
