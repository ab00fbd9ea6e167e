"""What a process notes of its sources: at once what is new, the rest along with that, so that most deliveries cost no
write for it.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, timedelta

from shared.ingestion.tally import UNMAPPED, WRITTEN, Reject, Tally
from shared.runtime.failures import Retryable
from shared.runtime.ports import Reports

AGAIN = timedelta(hours=1)
"""After which the same is noted again."""
MAX_PROPERTIES = 100
"""Unmapped properties that a process names of a source: a sender may invent any number."""
MAX_NAME = 64
MAX_SAID = 2_000
MAX_WAITING = 50
"""Refusals that wait to be noted, of each source: a status shows no more."""

type _Item = tuple[Hashable, ...]


class Notebook:
    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self._pending: dict[str, Counter[str]] = defaultdict(Counter)
        self._rejects: dict[str, dict[_Item, Reject]] = defaultdict(dict)
        """Not written yet, the oldest first."""
        self._named: dict[str, set[str]] = defaultdict(set)
        self._said: dict[_Item, datetime] = {}

    def note(self, source: str, tally: Tally, now: datetime) -> None:
        """Keeps the counts, and writes them if something is new: a reject, a property that no field takes, or the first
        record written within an hour. What can't be written now waits, and holds up nothing: of refusals, which nobody
        sends again, the newest.
        """
        counts = self._bounded(source, tally.counts)
        self._pending[source].update(counts)
        rejects = self._rejects[source] | {_item(source, reject): reject for reject in tally.rejects}
        telling = (name for name in counts if name.startswith(UNMAPPED) or name == WRITTEN)
        news = self._new([*rejects, *((source, name) for name in telling)], now)
        if not news:
            return
        told = {item: rejects[item] for item in news if item in rejects}
        try:
            self._reports.note(source, at=now, counts=dict(self._pending[source]), rejects=[*told.values()])
        except Retryable:
            self._rejects[source] = dict([*told.items()][-MAX_WAITING:])
            return
        self._said.update(dict.fromkeys(news, now))
        self._pending[source].clear()
        self._rejects[source].clear()

    def _new(self, items: Iterable[_Item], now: datetime) -> list[_Item]:
        if len(self._said) > MAX_SAID:
            self._said.clear()
        return [item for item in items if item not in self._said or self._said[item] + AGAIN <= now]

    def _bounded(self, source: str, counts: Mapping[str, int]) -> Counter[str]:
        """The counts, with properties' names cut, and those beyond what is named added up."""
        bounded: Counter[str] = Counter()
        named = self._named[source]
        for name, count in counts.items():
            if name.startswith(UNMAPPED):
                short = name[: len(UNMAPPED) + MAX_NAME]
                if len(named) < MAX_PROPERTIES:
                    named.add(short)
                bounded[short if short in named else f"{UNMAPPED}(others)"] += count
            else:
                bounded[name] += count
        return bounded


def _item(source: str, reject: Reject) -> _Item:
    return (source, *sorted(reject.items()))
