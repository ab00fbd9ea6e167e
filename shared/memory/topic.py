"""The alert topic in memory: what was published."""

from typing import NamedTuple


class Published(NamedTuple):
    subject: str
    body: str
    attributes: dict[str, str]


class MemoryTopic:
    """TopicPublisher."""

    def __init__(self) -> None:
        self.sent: list[Published] = []
        self.fail_with: list[Exception] = []
        """Raised by the next publications, one each."""

    def publish(self, subject: str, body: str, *, attributes: dict[str, str]) -> str:
        if self.fail_with:
            raise self.fail_with.pop(0)
        self.sent.append(Published(subject, body, dict(attributes)))
        return f"topic-{len(self.sent)}"
