"""Fetching what a batch's hints lead to: each subject once, all at the same time."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from shared.accounts.identity import SourceName
from shared.accounts.money import Rates
from shared.configuration.records import SourceRecord
from shared.configuration.sources import SourceConfig
from shared.connectors.lender import Lender
from shared.connectors.ports import Hint
from shared.runtime.hints import HintMessage

THREADS = 10
"""As many as a batch has hints: the function is paid while it waits, so it waits for a batch once."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Hints with equal ones ask for the same."""

    source: SourceName
    subject: str


type Fetched = Sequence[SourceRecord] | Exception
"""The records, or why there are none."""


@dataclass(frozen=True, slots=True)
class Fetching:
    lender: Lender
    sources: Mapping[SourceName, SourceConfig]
    rates: Rates
    now: datetime

    def all(self, hints: Iterable[HintMessage]) -> dict[Subject, Fetched]:
        """What each subject leads to of sources that can be asked and are switched on; other hints are passed over."""
        asked = {name for name, config in self.sources.items() if config.enabled and name in self.lender}
        subjects = (Subject(hint.source, hint.subject) for hint in hints if hint.subject and hint.source in asked)
        wanted = list(dict.fromkeys(subjects))
        if len(wanted) <= 1:
            return {subject: self._one(subject) for subject in wanted}
        with ThreadPoolExecutor(max_workers=THREADS) as threads:
            return dict(zip(wanted, threads.map(self._one, wanted), strict=True))

    def _one(self, wanted: Subject) -> Fetched:
        """An error of one subject is none of the others'."""
        try:
            with self.lender.lent(self.sources[wanted.source]) as connector:
                return connector.fetch(Hint(wanted.subject), rates=self.rates, now=self.now)
        except Exception as error:  # noqa: BLE001 - a value here: `after` decides what becomes of the messages
            return error
