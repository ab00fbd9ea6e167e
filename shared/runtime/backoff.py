"""How long what must be asked again waits: doubling from seconds to the most that a queue delays."""

from math import ceil

FIRST_DELAY = 15
"""Seconds."""
MOST_DELAY = 900
"""Seconds: SQS delays by no more, and nobody mends a set-up faster."""
ATTEMPTS = 300
"""In a row: three days, most of them MOST_DELAY apart."""
_DOUBLINGS = 6
"""From FIRST_DELAY past MOST_DELAY."""


def delay_after(attempt: int, *, at_least: float = 0) -> int:
    """Whole seconds to wait after failing for the `attempt`th time in a row (0: the first); `at_least` as the vendor
    asks, up to MOST_DELAY.
    """
    return min(MOST_DELAY, max(FIRST_DELAY << min(attempt, _DOUBLINGS), ceil(at_least)))
