"""What goes wrong, how often, and when: one seeded dice, and a count of each fault that struck."""

from collections import Counter
from dataclasses import dataclass
from random import Random


class Crash(BaseException):
    """The process is gone: nothing catches it, and what it was asked comes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares of 1."""

    crash: float = 0.05
    """Of steps, a worker's work on one batch: it dies at one of its port calls, each as likely, before or after the
    call's effect, or before it answers.
    """
    asked: float = 0.05
    """Of people's requests: the same."""
    throttle: float = 0.02
    """Of port calls: no effect, and an error that says so."""
    lost: float = 0.004
    """Of port calls: the effect, and an error in the place of the answer."""
    slow: float = 0.01
    """Of port calls: seconds instead of milliseconds."""
    repeated: float = 0.002
    """Of messages that are done: the queue hands them out once more."""
    late_event: float = 0.03
    """Of the provider's SEND events: hours late."""
    lost_event: float = 0.03
    """Of the provider's SEND events: never."""
    tick: float = 0.02
    """Of the schedules' ticks: half of them don't come, half come twice."""


CALM = Rates(crash=0, asked=0, throttle=0, lost=0, slow=0, repeated=0, late_event=0, lost_event=0, tick=0)
"""Nothing goes wrong."""

HANGS = 0.3
"""Of crashes: the worker first hangs until its time is up."""


class Dice:
    def __init__(self, seed: str, rates: Rates) -> None:
        self.rates = rates
        self.struck: Counter[str] = Counter()
        """Faults by kind."""
        self._random = Random(f"{seed}/faults")
        self.roll = self._random.random
        self._typical: dict[str, int] = {}

    def hits(self, share: float) -> bool:
        return share > 0 and self.roll() < share

    def count(self, kind: str) -> None:
        self.struck[kind] += 1

    def latency(self) -> float:
        """Of a port call, in seconds."""
        roll = self.roll()
        if roll < self.rates.slow:
            return 1 + 4 * self.roll()
        return 0.001 + 0.02 * roll

    def last_call(self, step: str) -> int:
        """At which port call of a step its worker dies; 0: at none.

        Drawn from as many as steps of the kind have lately had: where there are fewer, it dies before it answers.
        """
        if not self.hits(self.rates.asked if step == "api" else self.rates.crash):
            return 0
        return 1 + int(self.roll() * (self._typical.get(step, 4) + 1))

    def ended(self, step: str, calls: int) -> None:
        """A step went through with so many port calls."""
        known = self._typical.get(step, calls)
        self._typical[step] = calls if calls > known else (7 * known + calls) // 8

    def between(self, least: float, most: float) -> float:
        """As often in each of the orders of magnitude between."""
        return float(least * (most / least) ** self.roll())
