"""Which calls of which function a fault strikes, and how: written by a test, read in each function's process.

Imports the standard library alone, since every process of every function imports it at start.
"""

import json
import os
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    CRASH = "crash"
    """The process is gone."""
    HANG = "hang"
    """The call never returns: the function's time-out ends it."""
    RAISE = "raise"
    """A fault of the code itself."""
    THROTTLE = "throttle"
    """One try of the call is refused, with no effect; the client may try again."""
    LOSE = "lose"
    """The call has its effect, and its answer never comes."""


AFTER = "after"
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    """By its folder, whose process makes the call: `ingest`."""
    name: str
    """`dynamodb.PutItem`."""
    text: str
    """The request's body."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Strikes those calls that it is meant for: all of them, or where `at` or `percent` says so those alone."""

    kind: Kind
    function: str
    calls: tuple[str, ...] = ()
    """How the call's name begins; none: any call."""
    mentions: str = ""
    """What stands in the request."""
    at: tuple[int, ...] = ()
    """Which of those calls, counted from 1 over all processes of the function."""
    percent: int = 0
    """The share of them, drawn for each by its number."""
    when: str = BEFORE
    """Whether a crash comes before the call's effect or after it."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What holds at the moment for the whole stack."""

    faults: Sequence[Fault] = ()
    seed: str = ""
    ahead: timedelta = timedelta(0)
    """How far the functions' clocks are ahead."""

    def write(self, file: Path) -> None:
        """Whole at every moment: processes read it meanwhile."""
        content = {
            "faults": [asdict(fault) for fault in self.faults],
            "seed": self.seed,
            "ahead": self.ahead.total_seconds(),
        }
        half = file.with_suffix(".half")
        half.write_text(json.dumps(content))
        half.replace(file)


def read(file: Path) -> Orders:
    content = json.loads(file.read_text())
    faults = [
        Fault(**{**fault, "kind": Kind(fault["kind"]), "calls": tuple(fault["calls"]), "at": tuple(fault["at"])})
        for fault in content["faults"]
    ]
    return Orders(faults, content["seed"], timedelta(seconds=content["ahead"]))


def striking(orders: Orders, file: Path, call: Call, when: str, kinds: Sequence[Kind]) -> Kind | None:
    """What strikes a call now, at most one fault; each that is meant for it counts it in a file beside `file`."""
    for number, fault in enumerate(orders.faults):
        if fault.kind in kinds and fault.when == when and _meant(fault, call):
            count = _counted(file.with_suffix(f".{orders.seed}.{number}"))
            if _strikes(fault, count, f"{orders.seed}.{number}.{count}"):
                return fault.kind
    return None


def _meant(fault: Fault, call: Call) -> bool:
    named = not fault.calls or call.name.startswith(fault.calls)
    return fault.function == call.function and named and fault.mentions in call.text


def _strikes(fault: Fault, count: int, draw: str) -> bool:
    if fault.percent:
        return random.Random(draw).randrange(100) < fault.percent  # noqa: S311 - no secret
    return not fault.at or count in fault.at


def _counted(file: Path) -> int:
    """Appends a byte; what is appended by several processes at once is in some order."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, b".")
        return os.lseek(descriptor, 0, os.SEEK_CUR)
    finally:
        os.close(descriptor)
