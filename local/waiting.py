"""Waits for what happens elsewhere, by looking again and again until a deadline."""

import time
from collections.abc import Callable

_POLL_SECONDS = 0.02


class TooSlow(Exception):
    """What was waited for did not happen in time."""


def wait_for[T](what: str, look: Callable[[], T | None], *, seconds: float) -> T:
    """The first answer of `look` that is neither None nor False; raises TooSlow, which names `what`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise TooSlow(f"{what}: not within {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
