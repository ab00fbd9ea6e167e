"""What the deployed functions did, as their meters tell it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

BESIDE = frozenset({"clock", "crm_sync", "api"})
"""Functions that no webhook calls: the minute clock and the schedule go on beside, and tests look through the API."""
FOLDER = Path(__file__).parent / "meter"


@dataclass(frozen=True, slots=True)
class Figures:
    """Between two moments, of the functions that a webhook leads through."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    write_units: Counter[str] = field(default_factory=Counter)
    """By function."""

    @property
    def all_calls(self) -> int:
        return self.calls.total()


@dataclass(frozen=True, slots=True)
class Meter:
    file: Path

    def environment(self) -> dict[str, str]:
        """What makes a function's process count."""
        return {"PYTHONPATH": str(FOLDER.resolve()), "METER_FILE": str(self.file.resolve())}

    @contextmanager
    def reading(self) -> Iterator[Figures]:
        """Figures that are filled when the block ends."""
        start = self.file.stat().st_size if self.file.exists() else 0
        figures = Figures()
        yield figures
        with self.file.open(encoding="utf-8") as lines:
            lines.seek(start)
            _fill(figures, lines)


def _fill(figures: Figures, lines: Iterable[str]) -> None:
    for line in lines:
        said = json.loads(line)
        function = _folder(said["function"])
        if function in BESIDE:
            continue
        if said["what"] == "invocation":
            figures.invocations[function] += 1
        else:
            figures.calls[function, said["what"]] += 1
            figures.write_units[function] += round(said["write_units"])


def _folder(function: str) -> str:
    """A deployed function's name is the stage's and its folder's."""
    return function.removeprefix("tierwright-local-").replace("-", "_")
