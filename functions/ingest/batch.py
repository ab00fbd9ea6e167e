"""One batch at work: each message's records are merged, and no message's fault is its neighbours'."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.ingest.fetching import Fetched, Subject
from functions.ingest.outcome import Done, Outcome, after
from shared.accounts.identity import SourceName
from shared.accounts.values import Json
from shared.configuration.published import Published
from shared.configuration.records import SourceRecord
from shared.configuration.sources import SourceConfig
from shared.connectors.ports import VendorRefused
from shared.ingestion.intake import Intake
from shared.ingestion.tally import Tally
from shared.runtime.hints import HintMessage

type ToRecord = Callable[[Mapping[str, Json]], SourceRecord]
"""Reads a trusted document; raises BadRecord."""


class UnknownSource(LookupError):
    """A message of a source that has no connector here, or none for what it asks."""


@dataclass(frozen=True, slots=True)
class Batch:
    trusted: Mapping[SourceName, ToRecord]
    intake: Intake
    published: Published
    fetched: dict[Subject, Fetched]
    """What is taken once is emptied: further messages of its subject find it done."""
    now: datetime

    def outcome(self, hint: HintMessage) -> Outcome:
        try:
            return Done(self._take(hint))
        except Exception as error:  # noqa: BLE001 - the boundary: one message's fault is not its batch's
            return after(error, hint, self.now)

    def _take(self, hint: HintMessage) -> Tally:
        config = self.published.sources.get(hint.source)
        if config is None:
            raise UnknownSource(hint.source)
        if not config.enabled:
            raise VendorRefused("the source is switched off: what it sends waits for three days")
        if hint.record is not None:
            return self._take_trusted(hint.source, hint.record, config)
        return self._take_fetched(Subject(hint.source, hint.subject or ""), config)

    def _take_trusted(self, source: SourceName, document: Mapping[str, Json], config: SourceConfig) -> Tally:
        if source not in self.trusted:
            raise UnknownSource(source)
        return self.intake.take([self.trusted[source](document)], config, self.published, self.now)

    def _take_fetched(self, subject: Subject, config: SourceConfig) -> Tally:
        if subject not in self.fetched:
            raise UnknownSource(subject.source)
        records = self.fetched[subject]
        if isinstance(records, Exception):
            raise records
        tally = self.intake.take(records, config, self.published, self.now)
        self.fetched[subject] = ()
        return tally
