"""Nobody gets a storm of mails, and nothing held is forgotten."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.alerts.pacing import AT_ONCE, LENGTH, Go, Hold, should_notify
from shared.alerts.store import Window
from tests.unit.alerts.builders import NOW


def test_the_first_mail_opens_a_window() -> None:
    assert should_notify("ann", None, NOW) == Go(Window("ann", NOW, 1))


def test_five_go_at_once_and_the_sixth_waits_for_the_end_of_the_window() -> None:
    pace = should_notify("ann", Window("ann", NOW, AT_ONCE), NOW + timedelta(minutes=3))

    assert isinstance(pace, Hold)
    assert pace.until == NOW + LENGTH
    assert "5 mails" in pace.why


def test_the_window_ends_after_ten_minutes() -> None:
    later = NOW + LENGTH

    assert should_notify("ann", Window("ann", NOW, AT_ONCE), later) == Go(Window("ann", later, 1))


def test_a_sender_whose_clock_is_behind_counts_in_the_same_window() -> None:
    assert should_notify("ann", Window("ann", NOW, 2), NOW - timedelta(seconds=9)) == Go(Window("ann", NOW, 3))


@dataclass
class Mailbox:
    """A recipient, as the sender and the clock serve one: each minute what is held and due goes in one mail."""

    window: Window | None = None
    held: list[tuple[datetime, int]] = field(default_factory=list)
    mails: list[tuple[datetime, tuple[int, ...]]] = field(default_factory=list)

    def arrives(self, number: int, now: datetime) -> None:
        self._offer((number,), now)

    def ticks(self, now: datetime) -> None:
        due = tuple(number for until, number in self.held if until <= now)
        if due:
            self.held = [(until, number) for until, number in self.held if until > now]
            self._offer(due, now)

    def _offer(self, numbers: tuple[int, ...], now: datetime) -> None:
        match should_notify("ann", self.window, now):
            case Go(window):
                self.window = window
                self.mails.append((now, numbers))
            case Hold(until, _):
                self.held += [(until, number) for number in numbers]


@given(st.lists(st.integers(0, 90), max_size=120))
def test_at_most_six_mails_in_a_window_and_no_notice_lost(pauses: list[int]) -> None:
    mailbox, now = Mailbox(), NOW
    for number, pause in enumerate(pauses):
        for _ in range(pause):
            now += timedelta(seconds=20)
            mailbox.ticks(now)
        mailbox.arrives(number, now)
    for _ in range(3 * 20):
        now += timedelta(minutes=1)
        mailbox.ticks(now)

    assert sorted(number for _, numbers in mailbox.mails for number in numbers) == list(range(len(pauses)))
    opened: list[datetime] = []
    for at, _ in mailbox.mails:
        if not opened or at >= opened[-1] + LENGTH:
            opened.append(at)
    for start in opened:
        assert sum(start <= at <= start + LENGTH for at, _ in mailbox.mails) <= AT_ONCE + 1
