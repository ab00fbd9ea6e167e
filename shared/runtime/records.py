"""A batch of records at a handler's edge: each is done by itself, so that one that fails delays no other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.runtime import telemetry
from shared.runtime.messages import Work, write
from shared.runtime.ports import Queue

type Event = Mapping[str, Any]

LATE = timedelta(minutes=5)
"""So old a stream's record comes only where something held it up, such as one before it that kills its reader."""


ISOLATION = "-isolation"
"""How the names of the queues end on which what failed twice comes again by itself."""


def from_stream(event: Event) -> bool:
    """Whether the event is a table's stream; else it is a queue's."""
    return any(record["eventSource"] == "aws:dynamodb" for record in event["Records"])


def is_isolated(event: Event) -> bool:
    """Whether a queue's event is an isolation queue's: what it asks for failed, and perhaps killed who did it."""
    return any(record.get("eventSourceARN", "").endswith(ISOLATION) for record in event["Records"])


def is_late(event: Event, now: datetime) -> bool:
    """Whether a stream's batch has a record that was held up.

    One that kills the process leaves nothing to know it by when it comes again, alone by then, until it is too old, and
    with it waits what follows. So what comes late is not looked at: it goes on by the queue, which isolates it.
    """
    written = (record["dynamodb"].get("ApproximateCreationDateTime") for record in event["Records"])
    return any(now.timestamp() - at > LATE.total_seconds() for at in written if at is not None)


def keys(event: Event, attribute: str) -> list[str]:
    """The string `attribute` of each changed item's key, each once, in the order of the stream."""
    return list(dict.fromkeys(record["dynamodb"]["Keys"][attribute]["S"] for record in event["Records"]))


def each_message(event: Event, handle: Callable[[str], None]) -> dict[str, list[dict[str, str]]]:
    """Hands each message's body to `handle`; answers with those that failed, which the queue will bring again."""
    failed = [record["messageId"] for record in event["Records"] if not _done(lambda: handle(record["body"]))]  # noqa: B023 - called at once
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def each_or_queued[T](
    items: Iterable[T], handle: Callable[[T], None], queue: Queue, works: Callable[[T], Sequence[Work]]
) -> None:
    """Hands each item of a stream to `handle`; what fails goes on the queue, which has retries of its own.

    Raises QueueUnavailable where that fails too: the stream then brings the whole batch again.
    """
    queued([item for item in items if not _done(lambda: handle(item))], queue, works)  # noqa: B023 - called at once


def queued[T](items: Iterable[T], queue: Queue, works: Callable[[T], Sequence[Work]]) -> None:
    """Puts what each item asks for on the queue. Raises QueueUnavailable."""
    messages = [write(work) for item in items for work in works(item)]
    if messages:
        queue.send(messages)


def _done(do: Callable[[], None]) -> bool:
    """The outermost boundary: whatever a record raises is its own failure, told without what it carried."""
    try:
        do()
    except Exception as error:  # noqa: BLE001 - see above
        telemetry.tell_failure("a record failed", error)
        telemetry.count("RecordsFailed")
        return False
    return True
