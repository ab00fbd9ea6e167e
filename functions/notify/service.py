"""Sends notices: claim, send, mark. What becomes of one that stops in between is the outbox's to say."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from functions.notify.overrides import NoReader
from functions.notify.parcels import Parcel, packed
from functions.notify.writer import Publication, Session, Unsendable, Writer
from shared.alerts import outbox
from shared.alerts.message import Mail
from shared.alerts.notice import CSM, AboutBreaker, AboutWaiting, Channel, Notice, NoticeId, NoticeState
from shared.alerts.outbox import Step, Word
from shared.alerts.pacing import Go, Hold, should_notify
from shared.alerts.store import (
    MAX_MOVES,
    MailSender,
    NoticeStore,
    NoticeTaken,
    SendFailed,
    SendRefused,
    TopicPublisher,
    Window,
    WindowMoved,
)
from shared.alerts.telling import for_admins
from shared.runtime.failures import Retryable
from shared.runtime.messages import SendHeld, write
from shared.runtime.ports import Queue

TRIES = 8
"""Rounds against other senders: five of them can win a place in a recipient's window, then all hold."""


ADDRESSED = "waits to be sent"


class Outrun(Retryable):
    """Other senders were faster each time."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message."""

    state: NoticeState
    notices: int
    by_mail: bool
    waited: timedelta | None = None
    """From the delivery that led to it, where one did."""


@dataclass(frozen=True, slots=True)
class Notifier:
    notices: NoticeStore
    writer: Writer
    mail: MailSender
    topic: TopicPublisher
    queue: Queue
    clock: Callable[[], datetime]
    new_claim: Callable[[], str]

    def send(self, ids: Iterable[NoticeId]) -> list[Delivery]:
        """Sends, or settles, those that are to be. Leaves what is settled, held or in another's hands.

        Raises Outrun, and what the stores raise: ask again for the same.
        """
        todo, done = tuple(ids), list[Delivery]()
        for _ in range(TRIES):
            now = self.clock()
            parcels, session = packed(self.notices.notices(todo).values(), now), self.writer.session(now)
            todo = ()
            for parcel in parcels:
                try:
                    done += self._delivered(parcel, session)
                except (NoticeTaken, WindowMoved):
                    todo += tuple(notice.id for notice in parcel.notices)
            if not todo:
                return done
        raise Outrun("notices were taken, or their recipient's window moved, each time")

    def send_held(self, recipient: str) -> list[Delivery]:
        """Sends what waits for the recipient, of one kind, in one mail of at most ninety, and asks for another where
        more waits.
        """
        done = list[Delivery]()
        for _ in range(TRIES):
            now = self.clock()
            session = self.writer.session(now)
            waiting = [] if session.mail_pause else self.notices.waiting(recipient, until=now)
            together = _together(waiting)
            try:
                done += self._told(together, session)
            except (NoticeTaken, WindowMoved):
                continue
            if len(waiting) > len(together):
                self.queue.send([write(SendHeld(recipient))])
            return done
        raise Outrun("what waits was taken, or the recipient's window moved, each time")

    def _told(self, waiting: Sequence[Notice], session: Session) -> list[Delivery]:
        """What is no longer so ends by itself, the rest goes out."""
        over = session.overrides.obsolete(waiting)
        done = [
            self._ended([outbox.suppressed(notice, over[notice.id], session.now)], Parcel([notice], Step.SEND))
            for notice in waiting
            if notice.id in over
        ]
        left = [notice for notice in waiting if notice.id not in over]
        return [*done, self._paced(Parcel(left, Step.SEND), session)] if left else done

    def tell_admins(self, about: AboutBreaker | AboutWaiting) -> int:
        """Puts a notice for each admin into the outbox, unless it is there; how many admins are told.

        Raises what the stores and the directory raise.
        """
        now = self.clock()
        session = self.writer.session(now)
        if isinstance(about, AboutWaiting) and not session.anything_waits:
            return 0
        fallback = session.published.settings.fallback_recipients
        notices = for_admins(about, self.writer.directory.admins(), fallback, now)
        self.notices.add(notices)
        return len(notices)

    def hear(self, word: Word) -> int:
        """Marks the notices of a mail by the provider's word; how many it was news to."""
        for _ in range(TRIES):
            now = self.clock()
            known = [(notice, outbox.heard(notice, word, now)) for notice in self.notices.claimed(word.claim)]
            news = [(before, after) for before, after in known if before != after]
            try:
                self._move(news)
            except NoticeTaken:
                continue
            return len(news)
        raise Outrun("the notices of a claim were moved each time")

    def _delivered(self, parcel: Parcel, session: Session) -> list[Delivery]:
        """While mail is paused all but what is for the admins waits: new notices are held, others are left as they are,
        one of unknown fate too.
        """
        pause = session.mail_pause
        if pause is None or parcel.notices[0].for_admins:
            return [self._deliver(parcel, session)]
        if parcel.notices[0].state is not NoticeState.PENDING:
            return []
        why = f"mail is paused: {pause.reason}"
        return [self._ended([outbox.held(notice, session.now, why) for notice in parcel.notices], parcel)]

    def _deliver(self, parcel: Parcel, session: Session) -> Delivery:
        if parcel.step is Step.GIVE_UP:
            reason = f"sent {outbox.MOST_CLAIMS} times without an answer"
            return self._ended([outbox.dead(notice, reason, session.now) for notice in parcel.notices], parcel)
        if parcel.recipient == CSM:
            return self._addressed(parcel, session)
        if outbox.goes_alone(parcel.notices[0]) or parcel.step is Step.SEND_AGAIN:
            return self._claimed_and_sent(parcel, session, None)
        return self._paced(parcel, session)

    def _addressed(self, parcel: Parcel, session: Session) -> Delivery:
        """It waits no longer for its time but for its reader, with whatever else waits for them."""
        (notice,) = parcel.notices
        try:
            reader = session.overrides.csm(notice)
        except NoReader as error:
            return self._ended([outbox.suppressed(notice, str(error), session.now)], parcel)
        delivery = self._ended([replace(outbox.held(notice, session.now, ADDRESSED), recipient=reader)], parcel)
        self.queue.send([write(SendHeld(reader))])
        return delivery

    def _paced(self, parcel: Parcel, session: Session) -> Delivery:
        known = self.notices.window(parcel.recipient)
        match should_notify(parcel.recipient, known, session.now):
            case Go(window):
                return self._claimed_and_sent(parcel, session, (known, window))
            case Hold(until, why):
                return self._ended([outbox.held(notice, until, why) for notice in parcel.notices], parcel)

    def _claimed_and_sent(
        self, parcel: Parcel, session: Session, window: tuple[Window | None, Window] | None
    ) -> Delivery:
        message = _written(parcel, session)
        if isinstance(message, Unsendable):
            unsent = [outbox.suppressed(notice, message.reason, session.now) for notice in parcel.notices]
            return self._ended(unsent, parcel)
        claim = self.new_claim()
        claimed = [outbox.claimed(notice, claim, session.now) for notice in parcel.notices]
        self.notices.move(list(zip(parcel.notices, claimed, strict=True)), window)
        marked = self._sent(message, claim, claimed)
        self._mark(claimed, marked)
        waited = session.waited(marked[0], self.clock()) if marked[0].state is NoticeState.SENT else None
        return Delivery(marked[0].state, len(marked), isinstance(message, Mail), waited)

    def _sent(self, message: Mail | Publication, claim: str, claimed: Sequence[Notice]) -> list[Notice]:
        """The notices as the provider's answer leaves them. No answer raises, and leaves them claimed."""
        try:
            provider_id = self._dispatch(message, claim)
        except SendRefused as error:
            return [outbox.dead(notice, f"refused: {error}", self.clock()) for notice in claimed]
        except SendFailed as error:
            return [outbox.put_off(notice, str(error), self.clock()) for notice in claimed]
        return [outbox.sent(notice, provider_id, self.clock()) for notice in claimed]

    def _dispatch(self, message: Mail | Publication, claim: str) -> str:
        if isinstance(message, Mail):
            return self.mail.send(message, tag=claim)
        return self.topic.publish(message.subject, message.body, attributes=message.attributes)

    def _mark(self, claimed: Sequence[Notice], marked: Sequence[Notice]) -> None:
        """Unless the provider's word came first: then it said the same."""
        pairs = list(zip(claimed, marked, strict=True))
        for _ in range(TRIES):
            try:
                return self._move(pairs)
            except NoticeTaken:
                stored = self.notices.notices([notice.id for notice in claimed])
                pairs = [pair for pair in pairs if _still(pair[0], stored[pair[0].id])]
        raise Outrun("a sent notice could not be marked")

    def _ended(self, after: Sequence[Notice], parcel: Parcel) -> Delivery:
        self._move(list(zip(parcel.notices, after, strict=True)))
        return Delivery(after[0].state, len(after), by_mail=after[0].channel is Channel.MAIL)

    def _move(self, moves: Sequence[tuple[Notice, Notice]]) -> None:
        for some in batched(moves, MAX_MOVES, strict=False):
            self.notices.move(some)


def _together(waiting: Sequence[Notice]) -> Sequence[Notice]:
    """The oldest, and as many more of its kind as fit in one mail with it."""
    kinds = {type(notice.about) for notice in waiting[:1]}
    return [notice for notice in waiting if type(notice.about) in kinds][:MAX_MOVES]


def _written(parcel: Parcel, session: Session) -> Mail | Publication | Unsendable:
    if parcel.notices[0].channel is Channel.TOPIC:
        return session.publication(parcel.notices[0])
    return session.mail(parcel.notices)


def _still(read: Notice, stored: Notice) -> bool:
    return (read.state, read.claim) == (stored.state, stored.claim)
