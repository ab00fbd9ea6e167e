"""Without what keeps deliveries and orders from being lost, and poison from staying: answers, limits, whole passes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from functions.announce import handler as announce
from functions.clock.service import Clock
from functions.ingest import batch
from functions.ingest.outcome import Done, Failed, Outcome, PutBack, after
from functions.tier_trigger import handler as tier_trigger
from functions.webhook import service
from functions.webhook.service import Receiver, Request, Verdict
from shared.accounts.identity import RecordKey
from shared.accounts.money import Rates
from shared.accounts.version import Version
from shared.configuration.records import SourceRecord
from shared.connectors.ports import PulledPage
from shared.connectors.recurly.mapping import RECURLY
from shared.ingestion.tally import Tally
from shared.runtime.hints import HintMessage
from shared.runtime.ports import Run
from shared.runtime.records import Event
from tests.simulation.mutants.mutant import mutant
from tests.simulation.vendor import Vendor

take, pull = Receiver.take, Vendor.pull
ABSENT = 8
"""Of those that a page does not name, so many are taken for gone."""


def swallowed(error: Exception, hint: HintMessage, now: datetime) -> Outcome:  # noqa: ARG001 - the function's
    return Done(Tally())


def answered_first(self: Receiver, request: Request, now: datetime) -> Verdict:
    """200, whatever becomes of it on the way to the queue."""
    verdict = take(self, request, now)
    return Verdict(service.Outcome.QUEUED) if verdict.outcome is service.Outcome.UNAVAILABLE else verdict


def again_and_again(error: Exception, hint: HintMessage, now: datetime) -> Outcome:
    outcome = after(error, hint, now)
    return PutBack(900, "it may go better then") if isinstance(outcome, Failed) else outcome


def never_late(event: Event, now: datetime) -> bool:  # noqa: ARG001 - the function's
    return False


def without_the_absent(self: Vendor, cursor: Mapping[str, str], *, rates: Rates, now: datetime) -> PulledPage:
    page = pull(self, cursor, rates=rates, now=now)
    named = {record.key.external_id for record in page.records}
    absent = [code for code in self.customers if code not in named][:ABSENT]
    gone = [SourceRecord(RecordKey(RECURLY, code), Version.of_time(now), deleted=True) for code in absent]
    return replace(page, records=[*page.records, *gone])


def never_isolated(event: Event) -> bool:  # noqa: ARG001 - the function's
    """A queue's batch is a batch."""
    return False


def unheard(self: Clock, now: datetime) -> Iterator[Run]:  # noqa: ARG001 - the method's
    """Whoever ordered it and died has surely sent its messages."""
    return iter(())


FLOW = (
    mutant("leave a run that lost its message", "I9", Clock, "_silent", unheard),
    mutant("swallow an exception", "I1", batch, "after", swallowed),
    mutant("ack before enqueue", "I1", Receiver, "take", answered_first),
    mutant("retry without limit", "I1", batch, "after", again_and_again),
    mutant("look at what is late", "I8", tier_trigger, "is_late", never_late),
    mutant("look at a row of history that is late", "I8", announce, "is_late", never_late),
    mutant("keep together what fails in company", "I8", tier_trigger, "is_isolated", never_isolated),
    mutant("delete on absence", "I12", Vendor, "pull", without_the_absent),
)
