"""The ports that workers get: each call of a twin goes through the step that makes it."""

from collections.abc import Callable
from typing import Any, cast

from greenlet import getcurrent

from shared.alerts.store import SendFailed
from shared.connectors.ports import VendorUnavailable
from shared.runtime.failures import Retryable
from shared.runtime.ports import BusUnavailable, QueueUnavailable
from tests.simulation.steps import Fails, Step

FAILURES: dict[str, Fails] = {
    "store": Fails(Retryable, Retryable),
    "queue": Fails(QueueUnavailable, QueueUnavailable),
    "bus": Fails(BusUnavailable, BusUnavailable),
    "provider": Fails(SendFailed, Retryable),
    "vendor": Fails(VendorUnavailable, VendorUnavailable),
}
"""By kind of port."""


def port(kind: str, name: str, twin: object) -> Any:
    """`twin` with each of its methods a place to stop, to fail and to die at."""
    return _Port(
        {
            method: _stopped(f"{name}.{method}", FAILURES[kind], getattr(twin, method))
            for method in dir(type(twin))
            if not method.startswith("_") and callable(getattr(type(twin), method))
        }
    )


class _Port:
    def __init__(self, methods: dict[str, Callable[..., Any]]) -> None:
        self.__dict__.update(methods)


def _stopped(name: str, fails: Fails, effect: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        return cast("Step", getcurrent()).call(name, fails, effect, args, options)

    return call
