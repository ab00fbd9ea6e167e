"""Without what keeps a mail from going out twice, or never: the claim, then the mail, then the mark."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from greenlet import getcurrent
from pynamodb.expressions.condition import Condition

from functions.notify.parcels import Parcel
from functions.notify.service import Delivery, Notifier, _written
from functions.notify.writer import Session, Unsendable
from shared.alerts import outbox
from shared.alerts.message import Mail
from shared.alerts.notice import Notice
from shared.alerts.store import Evaluation, Window, WindowMoved
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.memory.alerts import MemoryAlerts
from tests.simulation.faults import Rates
from tests.simulation.mutants.mutant import mutant
from tests.simulation.on_dynamodb import DynamoTableOfAlerts
from tests.simulation.ports import FAILURES
from tests.simulation.steps import Step
from tests.simulation.stores import TableOfAlerts

type Windows = tuple[Window | None, Window] | None

claimed_and_sent = Notifier._claimed_and_sent
record_whole, record_on_dynamodb = TableOfAlerts.record, DynamoTableOfAlerts.record


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


def moved_unasked(self: MemoryAlerts, moves: Sequence[tuple[Notice, Notice]], window: Windows = None) -> None:
    """Whoever claimed them meanwhile."""
    if window and self.window(window[1].recipient) != window[0]:
        raise WindowMoved("the recipient's window changed since it was read")
    if window:
        self.windows[window[1].recipient] = window[1]
    self.noticed.update({after.id: after for _, after in moves})


def any_notice(self: DynamoAlerts, read: Notice) -> Condition:  # noqa: ARG001 - the method's
    """Whoever claimed it meanwhile."""
    whatever: Condition = self._notice.pk.exists() | self._notice.pk.does_not_exist()
    return whatever


def recorded_in_two(self: TableOfAlerts, evaluation: Evaluation) -> None:
    """First the alerts, then, by another call, their notices."""
    whole = record_on_dynamodb if isinstance(self, DynamoTableOfAlerts) else record_whole
    whole(self, replace(evaluation, notices=()))  # type: ignore[arg-type]  # the one that is the table's own
    cast("Step", getcurrent()).call("notices.put", FAILURES["store"], self.add, [evaluation.notices], {})


AT_ONCE = Rates(crash=0.15, tick=1, slow=0.6)
"""The clock comes twice or not at all, and calls are slow: two senders have the same notices at hand."""
NOTICES_ON_DYNAMODB = (
    mutant("drop the claim's condition", "I6", DynamoAlerts, "_still", any_notice, rates=AT_ONCE),
    mutant("notices outside the transaction", "I7", DynamoTableOfAlerts, "record", recorded_in_two),
)
"""The mutants of the store that is deployed."""
MAIL = (
    mutant("mail before commit", "I6", Notifier, "_claimed_and_sent", sent_first),
    mutant("mark before send", "I6", Notifier, "_claimed_and_sent", marked_first),
    mutant("drop the claim's condition", "I6", MemoryAlerts, "move", moved_unasked, rates=AT_ONCE),
    mutant("notices outside the transaction", "I7", TableOfAlerts, "record", recorded_in_two),
)
