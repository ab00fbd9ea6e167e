"""Which notices go out together, and which are left alone, as their states stand now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from shared.alerts.notice import Channel, Notice, NoticeState
from shared.alerts.outbox import Step, goes_alone, step


@dataclass(frozen=True, slots=True)
class Parcel:
    """Notices that go to one recipient as one message."""

    notices: Sequence[Notice]
    step: Step

    @property
    def recipient(self) -> str:
        return self.notices[0].recipient


def packed(notices: Iterable[Notice], now: datetime) -> list[Parcel]:
    """Mails before the topic, for people wait for them; the oldest first.

    What is held for a mail is left to the message that asks for all that its recipient waits for.
    """
    steps = [(notice, step(notice, now)) for notice in notices]
    fresh = [Parcel((notice,), todo) for notice, todo in steps if todo is Step.SEND and not _waits_for_others(notice)]
    lapsed = sorted(
        ((notice, todo) for notice, todo in steps if todo in (Step.SEND_AGAIN, Step.GIVE_UP)),
        key=lambda pair: (pair[0].claim or "", pair[1].value),
    )
    again = [
        Parcel([notice for notice, _ in members], todo)
        for (_, todo), members in groupby(lapsed, key=lambda pair: (pair[0].claim, pair[1]))
    ]
    return sorted(fresh + again, key=_order)


def _order(parcel: Parcel) -> tuple[bool, datetime]:
    first = parcel.notices[0]
    return first.channel is Channel.TOPIC, first.created_at


def _waits_for_others(notice: Notice) -> bool:
    return notice.state is NoticeState.HELD and not goes_alone(notice)
