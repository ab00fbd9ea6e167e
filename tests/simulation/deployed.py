"""The figures of the deployment that the simulator plays, as the templates have them; tests/infra holds them equal."""

from typing import NamedTuple

ISOLATE_AFTER = 2
GIVE_UP_AFTER = 5
ISOLATED_AT_ONCE = 2
VISIBILITY = 6
"""Times the worker's time-out."""
STREAM_BATCH = 25
RECORD_AGE = 21_600
"""Seconds."""
CONFIG_AGE = 10
"""Seconds."""
SYNC_TICK_MINUTES = 5


class Figures(NamedTuple):
    batch: int
    concurrency: int
    seconds: int
    """Of its worker's time-out."""


QUEUES = {
    "hints": Figures(10, 50, 60),
    "decide": Figures(10, 20, 60),
    "announce": Figures(10, 2, 30),
    "evaluate-alerts": Figures(10, 10, 60),
    "notify": Figures(10, 5, 30),
    "syncs": Figures(1, 5, 300),
}
LANES = {"tier_trigger": 10, "alerts": 2, "announce": 1, "notify": 1}
"""Invocations at once for each shard of the stream that wakes the function."""
