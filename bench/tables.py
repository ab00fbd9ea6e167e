"""What `make bench` prints: a table a subject, ratios first, each with its target."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from bench.deciding import HAND, OURS, Figure
from bench.timing import MICROS, ROUNDS

TWICE = 0.5
"""The least that plain ifs may take of our time."""
TENFOLD = 10.0
PER_SECOND = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    least: float
    reached: float

    def __str__(self) -> str:
        met = self.reached >= self.least
        return f"[{'green' if met else 'red'}]≥ {self.least:,g} {'met' if met else 'missed'}[/]"


def machine() -> str:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, "
        f"{platform.machine()}{load}; processor time, least of {ROUNDS} rounds in turns, no garbage collection"
    )


def deciding(title: str, figures: Sequence[Figure], imports: Mapping[str, float]) -> Table:
    """`imports` is seconds by what is imported; engines without are not imported by programs."""
    table = _table(
        title, "x ours", "engine", "version", "µs", "accounts", "compile ms", "import ms", "target", "remark"
    )
    ours = next(figure.micros for figure in figures if figure.engine.name == OURS.name)
    for figure in sorted(figures, key=lambda figure: figure.micros):
        engine, ratio = figure.engine, figure.micros / ours
        seconds = imports.get(engine.imports)
        table.add_row(
            _ratio(ratio),
            engine.name,
            figure.version,
            f"{figure.micros:,.2f}",
            f"{figure.accounts:,}",
            f"{figure.compile_seconds * 1e3:,.2f}",
            "" if seconds is None else f"{seconds * 1e3:,.0f}",
            _engine_target(engine.name, ratio),
            engine.remark,
            style="bold" if engine.name == OURS.name else None,
        )
    return table


def decoding(title: str, micros: Mapping[str, float], ours: str) -> Table:
    table = _table(title, "x ours", "decoder", "µs")
    for name, figure in sorted(micros.items(), key=lambda entry: entry[1]):
        style = "bold" if name == ours else None
        table.add_row(_ratio(figure / micros[ours]), name, f"{figure:,.1f}", style=style)
    return table


def steps(title: str, micros: Mapping[str, float]) -> Table:
    """The last step is the whole."""
    table = _table(title, "accounts/s", "step", "µs", "target")
    last = list(micros)[-1]
    for name, figure in micros.items():
        each = MICROS / figure
        target = str(Target(PER_SECOND, each)) if name == last else ""
        table.add_row(f"{each:,.0f}", name, f"{figure:,.1f}", target)
    return table


def _engine_target(name: str, ratio: float) -> str:
    if name == OURS.name:
        return ""
    return str(Target(TWICE if name == HAND.name else TENFOLD, ratio))


def _ratio(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= TENFOLD else f"{ratio:.2f}"


_TEXTS = frozenset({"engine", "decoder", "step", "version", "target", "remark"})


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None)
    for column in columns:
        table.add_column(column, justify="left" if column in _TEXTS else "right", no_wrap=True)
    return table
