"""A batch of records at a handler's edge: each is done by itself, so that one that fails delays no other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shared.runtime import telemetry
from shared.runtime.messages import Work, write
from shared.runtime.ports import Queue

type Event = Mapping[str, Any]


def from_stream(event: Event) -> bool:
    """Whether the event is a table's stream; else it is a queue's."""
    return any(record["eventSource"] == "aws:dynamodb" for record in event["Records"])


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
    failed = [item for item in items if not _done(lambda: handle(item))]  # noqa: B023 - called at once
    messages = [write(work) for item in failed for work in works(item)]
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
