"""The ports that workers get: each call of a twin goes through the step that makes it."""

from collections.abc import Callable
from typing import Any, cast

from greenlet import getcurrent

from shared.alerts.store import SendFailed
from shared.connectors.ports import VendorUnavailable
from shared.runtime.failures import Retryable
from shared.runtime.ports import BusUnavailable, QueueUnavailable
from tests.simulation.steps import Step

FAILURES: dict[str, tuple[type[Exception], type[Exception]]] = {
    "store": (Retryable, Retryable),
    "queue": (QueueUnavailable, QueueUnavailable),
    "bus": (BusUnavailable, BusUnavailable),
    "provider": (SendFailed, Retryable),
    "vendor": (VendorUnavailable, VendorUnavailable),
}
"""What each kind of port raises where nothing was done, and where what was done is not known."""


def port(kind: str, name: str, twin: object) -> Any:
    """`twin` with each of its methods a place to stop, to fail and to die at."""
    failure, unknown = FAILURES[kind]
    return _Port(
        {
            method: _stopped(f"{name}.{method}", failure, unknown, getattr(twin, method))
            for method in dir(type(twin))
            if not method.startswith("_") and callable(getattr(type(twin), method))
        }
    )


class _Port:
    def __init__(self, methods: dict[str, Callable[..., Any]]) -> None:
        self.__dict__.update(methods)

    def __contains__(self, name: object) -> bool:
        return name in self.__dict__


def _stopped(
    name: str, failure: type[Exception], unknown: type[Exception], effect: Callable[..., Any]
) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        return cast("Step", getcurrent()).call(name, failure, unknown, effect, *args, **options)

    return call
