"""Entries in calls as large as AWS takes them: ten, and 256 KB."""

from collections.abc import Callable, Iterable, Iterator

MAX_ENTRIES = 10
MAX_BYTES = 256 * 1024


def batches[E](entries: Iterable[E], weigh: Callable[[E], int]) -> Iterator[list[E]]:
    """`entries` in order; `weigh` says how many bytes one counts. Raises ValueError for one that alone is too large."""
    batch: list[E] = []
    room = MAX_BYTES
    for entry in entries:
        weight = weigh(entry)
        if weight > MAX_BYTES:
            raise ValueError(f"an entry of {weight} bytes: at most {MAX_BYTES} are taken")
        if len(batch) == MAX_ENTRIES or weight > room:
            yield batch
            batch, room = [], MAX_BYTES
        batch.append(entry)
        room -= weight
    if batch:
        yield batch
