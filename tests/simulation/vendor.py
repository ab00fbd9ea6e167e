"""A billing system: it has the state, tells by thin webhooks that it changed, and fails as vendors do."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.accounts.identity import RecordKey
from shared.accounts.money import Rates
from shared.accounts.version import Version
from shared.configuration.records import SourceRecord
from shared.connectors.ports import Hint, PulledPage, RecordGone, VendorUnavailable
from shared.connectors.recurly.mapping import RECURLY
from tests.simulation.faults import Dice
from tests.simulation.loop import Loop

PAGE = 40
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Customer:
    """One account at the vendor, as it is now."""

    code: str
    mrr: str
    plan: str
    updated_at: datetime


class Vendor:
    """Connector. Each call may meet 429, 500, a time-out: there, more often than elsewhere, and for hours."""

    def __init__(self, loop: Loop, dice: Dice) -> None:
        self.customers: dict[str, Customer] = {}
        self.down = False
        """An outage: nothing is answered."""
        self._order: list[tuple[datetime, str]] = []
        """By the time of change: the list that is walked."""
        self._loop, self._dice = loop, dice

    def change(self, code: str, mrr: str, plan: str) -> Customer:
        known = self.customers.get(code)
        if known is not None:
            del self._order[bisect_left(self._order, (known.updated_at, code))]
        changed = self.customers[code] = Customer(code, mrr, plan, self._loop.now)
        insort(self._order, (changed.updated_at, code))
        return changed

    def fetch(self, hint: Hint, *, rates: Rates, now: datetime) -> Sequence[SourceRecord]:  # noqa: ARG002 - the port's
        self._answers()
        code = hint.subject.removeprefix("account/")
        if code not in self.customers:
            raise RecordGone(f"no account {code}")
        return [self._record(self.customers[code])]

    def pull(self, cursor: Mapping[str, str], *, rates: Rates, now: datetime) -> PulledPage:  # noqa: ARG002 - the port's
        """By the time of change and the code, inclusive, with an overlap of five minutes before the last pull's end."""
        self._answers()
        order = self._order
        if "at" in cursor:
            begin = bisect_right(order, (datetime.fromisoformat(cursor["at"]), cursor["code"]))
        elif "since" in cursor:
            begin = bisect_left(order, (datetime.fromisoformat(cursor["since"]) - OVERLAP, ""))
        else:
            begin = 0
        page, more = order[begin : begin + PAGE], len(order) > begin + PAGE
        if more:
            at, code = page[-1]
            onward = {**cursor, "at": at.isoformat(), "code": code}
        else:
            onward = {"since": order[-1][0].isoformat()} if order else {}
        return PulledPage([self._record(self.customers[code]) for _, code in page], onward, done=not more)

    def _answers(self) -> None:
        if self.down or self._dice.hits(5 * self._dice.rates.throttle):
            self._dice.count("vendor failed")
            raise VendorUnavailable("the vendor did not answer", retry_after=self._dice.between(1, 600))

    def _record(self, one: Customer) -> SourceRecord:
        return SourceRecord(
            key=RecordKey(RECURLY, one.code),
            version=Version.of_time(one.updated_at),
            properties={"mrr": one.mrr, "plan": one.plan},
        )
