"""The ports of the flow: queues, the bus, secrets, runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class QueueUnavailable(Exception):
    """Not every message was taken: some may have been. Send all again; consumers stand repeats."""


@dataclass(frozen=True, slots=True)
class Message:
    body: str
    delay_seconds: int = 0
    """0 to 900."""


class Queue(Protocol):
    def send(self, messages: Sequence[Message]) -> None:
        """Raises QueueUnavailable unless every message is safely queued."""
        ...


class BusUnavailable(Exception):
    """Not every event was taken; those with equal ids may be sent again."""


@dataclass(frozen=True, slots=True)
class BusEvent:
    id: str
    """The key of what it tells of: consumers drop repeats by it."""
    type: str
    """`tier.changed`."""
    at: datetime
    detail: Mapping[str, object]


class Bus(Protocol):
    def publish(self, events: Sequence[BusEvent]) -> None:
        """Raises BusUnavailable unless every event was taken."""
        ...


class SecretMissing(LookupError):
    """A secret is not set, or empty."""


class Secrets(Protocol):
    def current(self, name: str) -> Sequence[str]:
        """The values in force of a secret, newest first (two during a rotation); cached about five minutes.

        Raises SecretMissing. Names: `webhook/recurly`, `api/recurly`, `why`.
        """
        ...


class SecretWriter(Protocol):
    """Apart from Secrets: who sets a secret need not be able to read it."""

    def put(self, name: str, values: Sequence[str]) -> None:
        """Puts these, newest first, in the place of the values in force; readers see them within five minutes."""
        ...


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Run:
    """A long work: a sync, a publish, an edit of many accounts."""

    id: str
    kind: str
    """`sync:recurly`, `publish` (any walk over all accounts), `bulk`."""
    state: RunState
    created_at: datetime
    done: int = 0
    total: int | None = None
    finished_at: datetime | None = None
    worked_at: datetime | None = None
    """When it last came on; a run that is silent for long has lost its message."""
    cursor: Mapping[str, str] = field(default_factory=dict)
    """How far it came: the checkpoint it resumes from."""
    revision: int = 0
    """Of the rates and the mapping that a sync began with: what it computed with others is to be computed again."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """What it did, by name: `records`, `written`, `unchanged`, `rejected`."""
    rejects: Sequence[Mapping[str, str]] = ()
    """The first 100 records that were not taken: `record`, `reason`."""
    error: str | None = None
    order: Mapping[str, object] = field(default_factory=dict)
    """What is to be done, as JSON values, where its kind alone does not say."""
    version: int = 0
    """Of the stored row; each save conditions on it and adds one. 0: not stored yet."""


class RunMoved(Exception):
    """The run was saved (or cancelled) by another since it was read."""


class RunStore(Protocol):
    def get(self, kind: str, run_id: str) -> Run | None: ...

    def save(self, run: Run) -> Run:
        """Returns it as stored; raises RunMoved."""
        ...

    def recent(self, kind: str, *, limit: int, since: datetime | None = None) -> Sequence[Run]:
        """Newest first; none that was created before `since`."""
        ...


class Reports(Protocol):
    """What is noted of sources for their status: last delivery, unmapped properties, rejects, conflicts."""

    def note(
        self, source: str, *, at: datetime, counts: Mapping[str, int], rejects: Sequence[Mapping[str, str]]
    ) -> None:
        """Adds the counts, and puts the rejects (`record`, `reason`) before those kept; the newest 50 stay."""
        ...

    def status(self, source: str) -> Mapping[str, object]:
        """`{"last_at": datetime, "counts": {...}, "rejects": [...]}`; empty where nothing was noted."""
        ...


class Watermarks(Protocol):
    """How far the clock came."""

    def get(self, name: str) -> datetime | None: ...

    def advance(self, name: str, to: datetime) -> None:
        """Never backwards."""
        ...
