"""SES: takes mails, and tells afterwards of each by an event, which may come late or never."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from shared.alerts.message import Mail
from shared.alerts.store import SendRefused
from shared.memory.mail import MemoryMail
from shared.runtime.ports import Message
from tests.simulation.faults import Dice
from tests.simulation.loop import Loop

PROMPT = 600
"""Seconds within which the outbox waits for the event."""


@dataclass(slots=True)
class Sent:
    at: int
    """In microseconds."""
    mail: Mail
    tag: str


class Provider(MemoryMail):
    """MailSender; keeps the mails without their bodies."""

    def __init__(self, loop: Loop, dice: Dice, tell: Callable[[Message], None]) -> None:
        super().__init__()
        self.mails: list[Sent] = []
        self.unconfirmed: dict[str, str] = defaultdict(str)
        """The tags of mails whose SEND event was lost, or came later than the outbox waits, and which of both."""
        self._loop, self._dice, self._tell = loop, dice, tell

    def send(self, mail: Mail, *, tag: str) -> str:
        if "refused" in mail.to:
            raise SendRefused("the address is on the suppression list")
        self.mails.append(Sent(self._loop.micros, Mail(mail.to, mail.subject, mail.text, "", mail.thread), tag))
        provider_id = f"mail-{len(self.mails)}"
        self._event("Send", "Email Sent", tag, provider_id)
        if "bounces" in mail.to:
            self._loop.after(90, lambda: self._told("Bounce", "Email Bounced", tag, provider_id))
        return provider_id

    def _event(self, kind: str, detail_type: str, tag: str, provider_id: str) -> None:
        rates = self._dice.rates
        if self._dice.hits(rates.lost_event):
            self._dice.count("SEND event lost")
            self.unconfirmed[tag] = "lost"
            return
        delay = self._dice.between(0.5, 60)
        if self._dice.hits(rates.late_event):
            self._dice.count("SEND event late")
            self.unconfirmed[tag] = "late"
            delay = self._dice.between(PROMPT / 2, 20_000)
        self._loop.after(delay, lambda: self._told(kind, detail_type, tag, provider_id))

    def _told(self, kind: str, detail_type: str, tag: str, provider_id: str) -> None:
        mail = {"messageId": provider_id, "tags": {"notice": [tag]}}
        detail: dict[str, object] = {"eventType": kind, "mail": mail}
        if kind == "Bounce":
            detail["bounce"] = {"bounceType": "Permanent", "bounceSubType": "General"}
        self._tell(Message(json.dumps({"detail-type": detail_type, "detail": detail})))
