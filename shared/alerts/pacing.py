"""How many mails one person gets: five in ten minutes go at once, the rest wait and go together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.alerts.store import Window

LENGTH = timedelta(minutes=10)
AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Go:
    """The mail may go now; `window` is to be written in the transaction that claims it."""

    window: Window


@dataclass(frozen=True, slots=True)
class Hold:
    """The mail waits until `until` and goes with the others that wait."""

    until: datetime
    why: str


type Pace = Go | Hold


def should_notify(recipient: str, window: Window | None, now: datetime) -> Pace:
    """Whether a mail, be it for one notice or for several, may go to `recipient` now.

    The first mail opens a window. The one that carries what was held opens the next.
    """
    if window is None or now >= window.opened_at + LENGTH:
        return Go(Window(recipient, now, 1))
    if window.count < AT_ONCE:
        return Go(replace(window, count=window.count + 1))
    return Hold(window.opened_at + LENGTH, f"held: {window.count} mails went to this recipient within ten minutes")
