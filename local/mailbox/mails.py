"""The emulator's sent mails as the mailbox shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Mail:
    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    sent_at: datetime
    text: str
    html: str | None

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "from": self.sender,
            "to": list(self.to),
            "subject": self.subject,
            "sent_at": self.sent_at.isoformat().replace("+00:00", "Z"),
            "text": self.text,
            "html": self.html,
        }


def newest_first(answer: Mapping[str, Any]) -> Sequence[Mail]:
    """From the answer of `GET /_ministack/ses/messages`, whose messages are by account and oldest first."""
    mails = [_mail(message) for messages in answer["messages"].values() for message in messages]
    return sorted(mails, key=lambda mail: mail.sent_at, reverse=True)


def from_json(mail: Mapping[str, Any]) -> Mail:
    """What `as_json` made."""
    return Mail(
        id=mail["id"],
        sender=mail["from"],
        to=tuple(mail["to"]),
        subject=mail["subject"],
        sent_at=datetime.fromisoformat(mail["sent_at"]),
        text=mail["text"],
        html=mail["html"],
    )


def _mail(message: Mapping[str, Any]) -> Mail:
    return Mail(
        id=message["MessageId"].partition("@")[0],
        sender=message["Source"],
        to=(*message["To"], *message["CC"], *message["BCC"]),
        subject=message["Subject"],
        sent_at=datetime.fromtimestamp(message["Timestamp"], UTC),
        text=message["BodyText"] or "",
        html=message["BodyHtml"] or None,
    )
