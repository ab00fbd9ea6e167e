"""The wall clock: read once at a handler's edge, an argument everywhere else."""

from datetime import UTC, datetime


def system_now() -> datetime:
    return datetime.now(UTC)
