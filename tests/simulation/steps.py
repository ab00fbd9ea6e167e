"""A step: one worker's work on one batch, stopped at each of its port calls, where the others go on or it fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from greenlet import greenlet

from tests.simulation.faults import HANGS, Crash, Dice
from tests.simulation.loop import Loop


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step came to its end: it returned `value`, raised, or died."""

    value: Any = None
    error: BaseException | None = None
    faults: int = 0
    """Injected ones that it met."""


class Fails(NamedTuple):
    """What a port raises where nothing was done, and where what was done is not known."""

    undone: type[Exception]
    unknown: type[Exception]


class Step(greenlet):
    """Of one function; it is taken again for a later one, since a greenlet takes longer to make than a port call."""

    def __init__(self, name: str, seconds: float, loop: Loop, dice: Dice, rested: "list[Step]") -> None:
        super().__init__(self._one_after_the_other, parent=loop.hub)
        self.name = name
        self._seconds = seconds
        """Of its time-out."""
        self._loop, self._dice = loop, dice
        self._rested = rested

    def begin(self, work: Callable[[], Any], ended: Callable[[Ended], None]) -> None:
        """Goes up to the first port call; `ended` is told at the end."""
        self._work, self._ended = work, ended
        self._calls = 0
        self._faults = 0
        self._dies_at = self._dice.last_call(self.name)
        self._dies_after = bool(self._dies_at) and self._dice.roll() < 0.5
        self.switch()

    def _one_after_the_other(self) -> None:
        while True:
            self._whole()
            self._rested.append(self)
            self._loop.hub.switch()

    def _whole(self) -> None:
        try:
            value = self._work()
            if self._calls < self._dies_at:
                self._die("answer")
        except Crash as crash:
            ended = self._failed(crash)
        except Exception as error:  # noqa: BLE001 - what a function raises is its answer
            ended = self._failed(error)
        else:
            self._dice.ended(self.name, self._calls)
            ended = Ended(value, faults=self._faults)
        self._ended(ended)

    def _failed(self, error: BaseException) -> Ended:
        """Without its traceback, which would keep all that the worker had at hand until cycles are collected."""
        return Ended(error=error.with_traceback(None), faults=self._faults)

    def call(
        self, port: str, fails: Fails, effect: Callable[..., Any], args: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        """One call: late, and perhaps without an effect, or an answer, or the last of its worker."""
        dice, loop = self._dice, self._loop
        loop.pause(dice.latency())
        loop.trace.note(f"{loop.micros} {self.name} {port}")
        self._calls += 1
        last = self._calls == self._dies_at
        if last and not self._dies_after:
            self._die("before")
        roll = dice.roll()
        if roll < dice.rates.throttle:
            self._met("throttled", port)
            raise fails.undone(f"{port}: throttled")
        answer = effect(*args, **options)
        if last:
            self._die("after")
        if roll > 1 - dice.rates.lost:
            self._met("unanswered", port)
            raise fails.unknown(f"{port}: no answer")
        return answer

    def _met(self, fault: str, port: str) -> None:
        self._faults += 1
        self._dice.count(fault)
        self._loop.trace.note(f"{fault} {port}")

    def _die(self, when: str) -> None:
        self._faults += 1
        hangs = self._dice.hits(HANGS)
        self._dice.count(f"{'hung' if hangs else 'crashed'} {when}")
        self._loop.trace.note(f"{self.name} dies {when}")
        if hangs:
            self._loop.pause(self._seconds)
        raise Crash


@dataclass
class Function[T]:
    """A deployed function: environments that remember, taken again while they live, and new ones that don't."""

    name: str
    seconds: float
    build: Callable[[], T]
    loop: Loop
    dice: Dice
    idle: list[T] = field(default_factory=list)
    rested: list[Step] = field(default_factory=list)

    def start(self, work: Callable[[T], Any], ended: Callable[[Ended], None]) -> None:
        service = self.idle.pop() if self.idle else self.build()

        def finished(end: Ended) -> None:
            if not isinstance(end.error, Crash):
                self.idle.append(service)
            ended(end)

        step = self.rested.pop() if self.rested else Step(self.name, self.seconds, self.loop, self.dice, self.rested)
        step.begin(lambda: work(service), finished)
