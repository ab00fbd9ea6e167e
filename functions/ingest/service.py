"""Step 2 of the flow: hints become the records they lead to, and records become accounts' values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from functions.ingest.batch import Batch, ToRecord
from functions.ingest.fetching import Fetching
from functions.ingest.outcome import Failed, Outcome, PutBack, after, told
from shared.accounts.identity import SourceName
from shared.configuration.reader import PublishedReader
from shared.connectors.lender import Lender
from shared.ingestion.intake import Intake
from shared.ingestion.notebook import Notebook
from shared.ingestion.tally import Tally
from shared.runtime import hints
from shared.runtime.failures import Retryable
from shared.runtime.hints import BadHint, HintMessage
from shared.runtime.ports import Queue, QueueUnavailable


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the hints queue, or of its isolation queue."""

    id: str
    body: str


@dataclass(frozen=True, slots=True)
class Settled:
    message_id: str
    hint: HintMessage | None
    """None where the message is none of ours."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Ingest:
    published: PublishedReader
    lender: Lender
    trusted: Mapping[SourceName, ToRecord]
    """For the sources whose body is trusted."""
    intake: Intake
    notebook: Notebook
    queue: Queue

    def work(self, messages: Sequence[Received], now: datetime) -> list[Settled]:
        """What became of each message: those to come again are back on the queue; the caller reports those that failed.

        A subject is fetched once for all its messages; records are merged in the order of their messages.
        """
        read = {message.id: _read(message.body) for message in messages}
        ours = {key: hint for key, hint in read.items() if hint is not None}
        outcomes = self._put_back(ours, self._outcomes(ours, now))
        self._note(ours, outcomes, now)
        none_of_ours = Failed("not a message of the hints queue")
        return [Settled(key, hint, outcomes.get(key, none_of_ours)) for key, hint in read.items()]

    def _outcomes(self, ours: Mapping[str, HintMessage], now: datetime) -> dict[str, Outcome]:
        try:
            published = self.published.read(now)
        except Retryable as error:
            return {key: after(error, hint, now) for key, hint in ours.items()}
        fetched = Fetching(self.lender, published.sources, published.settings.exchange, now).all(ours.values())
        batch = Batch(self.trusted, self.intake, published, fetched, now)
        return {key: batch.outcome(hint) for key, hint in ours.items()}

    def _put_back(self, ours: Mapping[str, HintMessage], outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        """The outcomes, failed where the queue does not take what should come again."""
        waiting = {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, PutBack)}
        again = [
            hints.write(replace(ours[key], attempt=ours[key].attempt + 1), delay_seconds=outcome.delay)
            for key, outcome in waiting.items()
        ]
        try:
            self.queue.send(again)
        except QueueUnavailable as error:
            return outcomes | dict.fromkeys(waiting, Failed(f"could not be put back: {error}"))
        return outcomes

    def _note(self, ours: Mapping[str, HintMessage], outcomes: Mapping[str, Outcome], now: datetime) -> None:
        tallies: dict[SourceName, Tally] = {}
        for key, hint in ours.items():
            tallies[hint.source] = tallies.get(hint.source, Tally()) + told(outcomes[key], hint)
        for source, tally in tallies.items():
            self.notebook.note(source, tally, now)


def _read(body: str) -> HintMessage | None:
    try:
        return hints.read(body)
    except BadHint:
        return None
