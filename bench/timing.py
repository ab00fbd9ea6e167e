"""How a figure comes about: the least processor time of several rounds, in which those that are compared take turns."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import batched
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 9
SLICE = 250
"""Calls that are timed as one: so few that in some round nothing comes between them."""
IMPORTS = 3
MICROS = 1e6


@dataclass(frozen=True, slots=True)
class Work:
    ask: Callable[[Any], object]
    inputs: Sequence[Any]


type Works = Mapping[str, Work]
"""By the name of what is timed."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without garbage collection, as a short invocation runs; what lives already is never looked at."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def least_micros(subjects: Mapping[str, Works]) -> dict[str, dict[str, float]]:
    """Microseconds a call, by subject and name: of each slice of its calls the least.

    A round is of everything: a machine's slow minute spoils no subject.
    """
    rounds = [
        {subject: {name: _slices(work) for name, work in works.items()} for subject, works in subjects.items()}
        for _ in range(ROUNDS)
    ]
    return {
        subject: {
            name: sum(map(min, zip(*(found[subject][name] for found in rounds), strict=True))) / len(work.inputs)
            for name, work in works.items()
        }
        for subject, works in subjects.items()
    }


def affordable(trial: Work, seconds: float) -> int:
    """How many calls, of which `trial` has a few, there is time for in about `seconds`; at least those."""
    _slices(trial)
    return max(len(trial.inputs), int(seconds * MICROS * len(trial.inputs) / sum(_slices(trial))))


def least_seconds(act: Callable[[], object]) -> float:
    return min(_seconds(act) for _ in range(ROUNDS))


def import_seconds(modules: str) -> float:
    """To import `modules`, separated by commas, in a fresh interpreter whose bytecode is compiled."""
    code = f"from time import process_time as now; began = now(); import {modules}; print(now() - began)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix) / "bytecode")
    runs = (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)  # noqa: S603
        for _ in range(IMPORTS)
    )
    return min(float(run.stdout) for run in runs)


def _slices(work: Work) -> list[float]:
    """Microseconds of each slice."""
    return [_seconds(partial(_each, work.ask, inputs)) * MICROS for inputs in batched(work.inputs, SLICE, strict=False)]


def _each(ask: Callable[[Any], object], inputs: Sequence[Any]) -> None:
    for given in inputs:
        ask(given)


def _seconds(act: Callable[[], object]) -> float:
    began = process_time()
    act()
    return process_time() - began
