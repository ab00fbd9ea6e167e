"""What the deployed functions did, as their meters tell it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BESIDE = frozenset({"clock", "crm_sync", "api"})
"""Functions that no webhook calls: the minute clock and the schedule go on beside, and tests look through the API."""
FOLDER = Path(__file__).parent / "meter"
_REFRESHED = frozenset({"cognito-idp.ListUsers", "ssm.GetParameter"})
_REFRESHED_OF = frozenset({("dynamodb.Query", "config"), ("dynamodb.UpdateItem", "runs")})


@dataclass(frozen=True, slots=True)
class Figures:
    """Between two moments, of the functions that a webhook leads through."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By function and call."""
    refreshes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Calls that a process makes once in a while, however much comes in, and that no other figure has: it reads what is
    published, users and secrets anew, and notes what came of a source.
    """
    refreshed_half_units: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The halves of read units that those took."""
    invocations: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By function and what woke it (`http`, `queue`, `stream`): requests, messages, changes."""
    write_units: Counter[str] = field(default_factory=Counter)
    """By function; so are all that follow but `billed`."""
    half_read_units: Counter[str] = field(default_factory=Counter)
    billed: Counter[str] = field(default_factory=Counter)
    """By service: queue requests, topic messages, bus events."""
    vendor_requests: Counter[str] = field(default_factory=Counter)
    cpu_ms: dict[str, float] = field(default_factory=dict)
    ms: dict[str, float] = field(default_factory=dict)

    @property
    def all_calls(self) -> int:
        return self.calls.total() + self.refreshes.total()

    @property
    def rests(self) -> bool:
        """Whether every invocation that began has ended."""
        return self.invocations == self.ended


@dataclass(frozen=True, slots=True)
class Meter:
    file: Path

    def environment(self) -> dict[str, str]:
        """What makes a function's process count."""
        return {"PYTHONPATH": str(FOLDER.resolve()), "METER_FILE": str(self.file.resolve())}

    @contextmanager
    def reading(self) -> Iterator[Figures]:
        """Figures that are filled when the block ends."""
        start = self.mark()
        figures = Figures()
        yield figures
        _fill(figures, self._lines(start))

    def mark(self) -> int:
        """A moment, for `since`."""
        return self.file.stat().st_size if self.file.exists() else 0

    def since(self, mark: int) -> Figures:
        figures = Figures()
        _fill(figures, self._lines(mark))
        return figures

    def rights(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """By function, all that its calls asked of its role so far: an action and the end of its resource's name."""
        asked: dict[str, set[tuple[str, str]]] = {}
        for said in map(json.loads, self._lines(0)):
            if said["what"] == "right":
                asked.setdefault(_folder(said["function"]), set()).add((said["action"], said["resource"]))
        return {function: frozenset(rights) for function, rights in asked.items()}

    def _lines(self, start: int) -> Iterator[str]:
        """Whole ones: another process may be writing the last."""
        if self.file.exists():
            with self.file.open(encoding="utf-8") as lines:
                lines.seek(start)
                yield from (line for line in lines if line.endswith("\n"))


def _fill(figures: Figures, lines: Iterable[str]) -> None:
    for line in lines:
        said = json.loads(line)
        function = _folder(said["function"])
        if function in BESIDE:
            continue
        match said["what"]:
            case "invocation":
                figures.invocations[function] += 1
                figures.records[function, said["by"]] += said["records"]
            case "end":
                figures.ended[function] += 1
                figures.cpu_ms[function] = figures.cpu_ms.get(function, 0) + said["cpu_ms"]
                figures.ms[function] = figures.ms.get(function, 0) + said["ms"]
            case "vendor.request":
                figures.vendor_requests[function] += 1
            case "right":
                pass
            case _:
                _count(figures, function, said)


def _count(figures: Figures, function: str, said: Mapping[str, Any]) -> None:
    call, half_units = said["what"], round(2 * said["read_units"])
    if call in _REFRESHED or (call, said["table"].rpartition("-")[2]) in _REFRESHED_OF:
        figures.refreshes[function, call] += 1
        figures.refreshed_half_units[function, call] += half_units
        return
    figures.calls[function, call] += 1
    figures.write_units[function] += round(said["write_units"])
    figures.half_read_units[function] += half_units
    figures.billed[call.partition(".")[0]] += said["billed"]


def _folder(function: str) -> str:
    """A deployed function's name is the stage's and its folder's."""
    return function.removeprefix("tierwright-local-").replace("-", "_")
