"""Virtual time: the earliest of what is ordered happens next, and a worker that waits lets the others go on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b
from heapq import heappop, heappush
from itertools import count

from greenlet import getcurrent

SECOND = 1_000_000
"""In microseconds, which time is counted in."""


class Trace:
    """A digest of all that happened, in its order: two runs of one seed have the same."""

    def __init__(self) -> None:
        self._digest = blake2b(digest_size=8)
        self._lines: list[str] = []

    def note(self, line: str) -> None:
        self._lines.append(line)
        if len(self._lines) > 4096:
            self._flush()

    def _flush(self) -> None:
        self._digest.update("\n".join(self._lines).encode())
        self._lines.clear()

    @property
    def hash(self) -> str:
        self._flush()
        return self._digest.hexdigest()


class Loop:
    """What is ordered for the same microsecond happens in the order in which it was ordered."""

    def __init__(self, begin: datetime) -> None:
        self.begin = begin
        self.micros = 0
        self._known = 0, begin
        self.trace = Trace()
        self.hub = getcurrent()
        self._heap: list[tuple[int, int, Callable[[], object]]] = []
        self._order = count()
        self._end = 0
        self._resumed = False
        """Whether all that runs is a worker that goes on after a pause."""

    @property
    def now(self) -> datetime:
        if self._known[0] != self.micros:
            self._known = self.micros, self.begin + timedelta(microseconds=self.micros)
        return self._known[1]

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        heappush(self._heap, (self.micros + int(seconds * SECOND), next(self._order), do))

    def pause(self, seconds: float) -> None:
        """The worker that calls waits, and what is ordered meanwhile happens; where nothing is, it goes on at once."""
        until = self.micros + int(seconds * SECOND)
        if self._resumed and until <= self._end and (not self._heap or until < self._heap[0][0]):
            self.micros = until
            return
        heappush(self._heap, (until, next(self._order), getcurrent().switch))
        self.hub.switch()
        self._resumed = True

    def run(self, span: timedelta) -> None:
        """Time goes by."""
        end = self._end = self.micros + int(span.total_seconds() * SECOND)
        heap = self._heap
        while heap and heap[0][0] <= end:
            self.micros, _, do = heappop(heap)
            self._resumed = False
            do()
        self.micros = end
