"""What a vendor does on its bad days, for the next requests."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock


class Kind(StrEnum):
    RATE_LIMITED = "rate_limited"
    ERROR = "error"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    SLOW = "slow"
    TRUNCATED = "truncated"
    NOT_JSON = "not_json"
    FOREIGN_NEXT = "foreign_next"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    path: str = ""
    """Which requests: those whose path begins with it."""
    seconds: float = 0.0
    """How long a slow answer takes; or when the limit resets, from now."""


class Faults:
    """Faults to come, each for one GET, in their order."""

    def __init__(self) -> None:
        self._coming: deque[Fault] = deque()
        self._lock = Lock()

    def add(self, fault: Fault, times: int) -> None:
        with self._lock:
            self._coming.extend([fault] * times)

    def clear(self) -> None:
        with self._lock:
            self._coming.clear()

    def take(self, path: str) -> Fault | None:
        """The next one for a request of this path."""
        with self._lock:
            for fault in self._coming:
                if path.startswith(fault.path):
                    self._coming.remove(fault)
                    return fault
        return None
