"""What goes out: a mail in HTML and text, made from an alert."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str
    thread: str
    """What mails of one alert share: the seed of their Message-ID and References."""
