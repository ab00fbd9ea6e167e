"""Mail in memory: what went out, and the failures that a test asks for."""

from shared.alerts.message import Mail
from shared.alerts.store import SendRefused


class MemoryMail:
    """MailSender."""

    def __init__(self) -> None:
        self.sent: list[tuple[Mail, str]] = []
        """Each mail with its tag."""
        self.refused: set[str] = set()
        """Addresses that the provider will never take."""
        self.fail_with: list[Exception] = []
        """Raised by the next sends, one each: SendFailed, or a time-out that leaves the outcome open."""

    def send(self, mail: Mail, *, tag: str) -> str:
        if self.fail_with:
            raise self.fail_with.pop(0)
        if mail.to in self.refused:
            raise SendRefused("the address is on the suppression list")
        self.sent.append((mail, tag))
        return f"mail-{len(self.sent)}"
