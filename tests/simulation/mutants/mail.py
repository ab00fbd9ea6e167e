"""Without what keeps a mail from going out twice, or never: the claim, then the mail, then the mark."""

from functions.notify.parcels import Parcel
from functions.notify.service import Delivery, Notifier, _written
from functions.notify.writer import Session, Unsendable
from shared.alerts import outbox
from shared.alerts.message import Mail
from shared.alerts.store import Window
from tests.simulation.mutants.mutant import mutant

type Windows = tuple[Window | None, Window] | None

claimed_and_sent = Notifier._claimed_and_sent


def sent_first(self: Notifier, parcel: Parcel, session: Session, window: Windows) -> Delivery:
    message = _written(parcel, session)
    if isinstance(message, Unsendable):
        return claimed_and_sent(self, parcel, session, window)
    claim = self.new_claim()
    claimed = [outbox.claimed(notice, claim, session.now) for notice in parcel.notices]
    marked = self._sent(message, claim, claimed)
    self.notices.move(list(zip(parcel.notices, claimed, strict=True)), window)
    self._mark(claimed, marked)
    return Delivery(marked[0].state, len(marked), isinstance(message, Mail))


def marked_first(self: Notifier, parcel: Parcel, session: Session, window: Windows) -> Delivery:
    message = _written(parcel, session)
    if isinstance(message, Unsendable):
        return claimed_and_sent(self, parcel, session, window)
    claim = self.new_claim()
    claimed = [outbox.claimed(notice, claim, session.now) for notice in parcel.notices]
    self.notices.move(list(zip(parcel.notices, claimed, strict=True)), window)
    marked = [outbox.sent(notice, "not known yet", self.clock()) for notice in claimed]
    self._mark(claimed, marked)
    self._sent(message, claim, claimed)
    return Delivery(marked[0].state, len(marked), isinstance(message, Mail))


MAIL = (
    mutant("mail before commit", "I6", Notifier, "_claimed_and_sent", sent_first),
    mutant("mark before send", "I6", Notifier, "_claimed_and_sent", marked_first),
)
