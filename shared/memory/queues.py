"""A queue in memory: what was sent, in order."""

from collections.abc import Sequence

from shared.runtime.ports import Message, QueueUnavailable

MAX_BYTES = 256 * 1024
MAX_DELAY_SECONDS = 900


class MemoryQueue:
    """Queue."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.down = False
        """While set, nothing is taken."""

    def send(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if not message.body or len(message.body.encode()) > MAX_BYTES:
                raise ValueError("a message's body has 1 byte to 256 KB")
            if not 0 <= message.delay_seconds <= MAX_DELAY_SECONDS:
                raise ValueError(f"a message is delayed by 0 to {MAX_DELAY_SECONDS} seconds")
        if self.down:
            raise QueueUnavailable("the queue takes nothing now")
        self.sent.extend(messages)

    def take(self) -> list[Message]:
        """What was sent and not yet taken."""
        taken, self.sent = self.sent, []
        return taken
