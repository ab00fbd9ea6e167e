"""Faults at ports: every call of every port is counted, and one of them fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Crash(BaseException):
    """The process is gone: nothing catches it, and what was asked of it is brought again."""


@dataclass
class Fault:
    """Strikes the `at`th port call (from 1) once, before its effect or after it; 0 strikes none."""

    at: int = 0
    after: bool = False
    error: BaseException = field(default_factory=Crash)
    calls: int = 0

    @property
    def struck(self) -> bool:
        return 0 < self.at <= self.calls

    def around[T](self, call: Callable[[], T]) -> T:
        self.calls += 1
        if self.calls != self.at:
            return call()
        if self.after:
            call()
        raise self.error

    def port(self, twin: object) -> Any:
        """`twin` with its methods counted, and struck."""
        return _Port(twin, self)


class _Port:
    def __init__(self, port: object, fault: Fault) -> None:
        self._port, self._fault = port, fault

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return lambda *args, **options: self._fault.around(lambda: method(*args, **options))
