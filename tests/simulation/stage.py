"""What a simulated run has in the place of a process: no threads, no logs, and what is parsed once is known."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Self
from unittest.mock import patch

from functions.ingest import fetching
from shared.configuration import reader
from shared.configuration.published import Published
from shared.configuration.published import parse as parse_published
from shared.runtime import telemetry


class InPlace:
    """In the place of a thread pool: a step can't leave its thread, so what runs beside it runs one after the other."""

    def __init__(self, max_workers: int) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def map(self, call: Any, items: Iterable[Any]) -> list[Any]:
        return [call(item) for item in items]


class Silent:
    """A logger that tells nobody: a million deliveries with faults are a million lines."""

    def info(self, *_: object, **__: object) -> None: ...

    warning = error = info


def parsed_once() -> Any:
    """`parse` is pure: what a worker without a memory would parse again, is taken from here."""
    known: dict[tuple[tuple[str, int], ...], tuple[Mapping[str, Any], Published]] = {}

    def parse(bodies: Mapping[str, Mapping[str, Any]], *, begins_paused: bool = False) -> Published:
        key = tuple((name, id(body)) for name, body in sorted(bodies.items()))
        if key not in known:
            known[key] = dict(bodies), parse_published(bodies, begins_paused=begins_paused)
        return known[key][1]

    return parse


@contextmanager
def stage() -> Iterator[None]:
    silent = Silent()
    with ExitStack() as patches:
        patches.enter_context(patch.object(fetching, "ThreadPoolExecutor", InPlace))
        patches.enter_context(patch.object(reader, "parse", parsed_once()))
        patches.enter_context(patch.object(telemetry, "count", lambda *_: None))
        patches.enter_context(patch.object(telemetry, "tell_failure", lambda *_: None))
        patches.enter_context(patch.object(telemetry, "measure", lambda *_: None))
        patches.enter_context(patch.object(telemetry, "logger", lambda: silent))
        yield
