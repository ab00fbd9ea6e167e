"""What a simulated run has in the place of a process: no threads, no logs, and what is parsed once is known."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Self
from unittest.mock import patch

from functions.alerts import handler as alerts_handler
from functions.ingest import fetching
from functions.tier_trigger import handler as tier_trigger_handler
from shared.accounts.account import Account
from shared.aws.dynamodb.account_rows import account_of
from shared.configuration import reader
from shared.configuration.published import Published
from shared.configuration.published import parse as parse_published
from shared.memory import accounts as memory_accounts
from shared.memory.accounts import _stored as stored_by_row
from shared.runtime import telemetry
from tests.simulation.stores import Image

LAPS = 16
"""One in so many accounts goes through its row, and one through its item on a stream: what comes out is the same."""


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


def kept_as_stored() -> Any:
    """A twin gives accounts back through their row, to prove that nothing is lost and none is too large: here one in
    LAPS; nothing of an account can be changed in its place.
    """
    written = count()

    def stored(account: Account) -> Account:
        return stored_by_row(account) if next(written) % LAPS == 0 else replace(account, version=account.version + 1)

    return stored


def read_as_told() -> Any:
    """A stream's reader has the account from its item: here one in LAPS, the others as they were written."""
    read = count()

    def told(item: Mapping[str, Any]) -> Account:
        return item.account if isinstance(item, Image) and next(read) % LAPS else account_of(item)

    return told


@contextmanager
def stage() -> Iterator[None]:
    silent = Silent()
    with ExitStack() as patches:
        patches.enter_context(patch.object(fetching, "ThreadPoolExecutor", InPlace))
        patches.enter_context(patch.object(reader, "parse", parsed_once()))
        patches.enter_context(patch.object(memory_accounts, "_stored", kept_as_stored()))
        told = read_as_told()
        for reader_of_stream in (tier_trigger_handler, alerts_handler):
            patches.enter_context(patch.object(reader_of_stream, "account_of", told))
        patches.enter_context(patch.object(telemetry, "count", lambda *_: None))
        patches.enter_context(patch.object(telemetry, "tell_failure", lambda *_: None))
        patches.enter_context(patch.object(telemetry, "measure", lambda *_: None))
        patches.enter_context(patch.object(telemetry, "logger", lambda: silent))
        yield
