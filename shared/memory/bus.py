"""The bus in memory: the events that were published, in order."""

from collections.abc import Sequence

from shared.runtime.ports import BusEvent, BusUnavailable


class MemoryBus:
    """Bus."""

    def __init__(self) -> None:
        self.events: list[BusEvent] = []
        self.down = False
        """While set, nothing is taken."""

    def publish(self, events: Sequence[BusEvent]) -> None:
        if self.down:
            raise BusUnavailable("the bus takes nothing now")
        self.events.extend(events)
