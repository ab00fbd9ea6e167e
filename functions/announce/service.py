"""Publishes rows of tier history: the row's key is the event's id, by which consumers drop repeats."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.accounts.standing import TierChange
from shared.accounts.values import moment_text
from shared.runtime.ports import Bus, BusEvent

TYPE = "tier.changed"


@dataclass(frozen=True, slots=True)
class Announcer:
    bus: Bus

    def announce(self, changes: Iterable[TierChange]) -> int:
        """How many were published. Raises BusUnavailable unless all were: the stream then brings all of them again."""
        events = [event(change) for change in changes]
        if events:
            self.bus.publish(events)
        return len(events)


def event(change: TierChange) -> BusEvent:
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
