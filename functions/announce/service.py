"""Publishes rows of tier history: the row's key is the event's id, by which consumers drop repeats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.accounts.standing import TierChange
from shared.accounts.store import AccountStore
from shared.accounts.values import moment_text
from shared.runtime.backoff import ATTEMPTS, delay_after
from shared.runtime.messages import AnnounceChange, write
from shared.runtime.ports import Bus, BusEvent, BusUnavailable, Queue

TYPE = "tier.changed"


class RowMissing(LookupError):
    """The tier history has no such row."""


@dataclass(frozen=True, slots=True)
class Announcer:
    bus: Bus
    accounts: AccountStore
    queue: Queue
    """Brings back, by itself, a row that failed."""
    clock: Callable[[], datetime]

    def announce(self, events: Sequence[BusEvent]) -> int:
        """How many were published. Raises BusUnavailable unless all were: the stream then brings all of them again."""
        if events:
            self.bus.publish(events)
        return len(events)

    def announce_row(self, work: AnnounceChange) -> int:
        """How many were published: 0 where the bus took nothing, and the row waits on the queue for a while.

        Raises RowMissing, what the store raises, QueueUnavailable and, after ATTEMPTS, BusUnavailable.
        """
        row = next(self.accounts.history(work.account_id, after=work.version - 1), None)
        if row is None or row.version != work.version:
            raise RowMissing(f"account {work.account_id} has no row {work.version} of tier history")
        try:
            return self.announce([event_of(row)])
        except BusUnavailable:
            if work.attempt >= ATTEMPTS:
                raise
        again = replace(work, attempt=work.attempt + 1)
        self.queue.send([write(again, delay_seconds=delay_after(work.attempt))])
        return 0


def event_of(change: TierChange) -> BusEvent:
    """Without the account's name, its values or any person: whoever may know them asks the API."""
    return BusEvent(
        id=f"{change.account_id}#{change.version}",
        type=TYPE,
        at=change.at,
        detail={
            "account_id": change.account_id,
            "version": change.version,
            "from": change.before,
            "to": change.after,
            "at": moment_text(change.at),
            "method": change.method and change.method.value,
            "rule": change.rule,
            "policy_version": change.policy_version,
            "cause": change.cause,
        },
    )
