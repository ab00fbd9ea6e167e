"""The published configuration as workers read it: trusted for a few seconds, then read again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from shared.accounts.values import Json
from shared.configuration.documents import DocumentStore, Kind
from shared.configuration.published import Published, parse


@dataclass(slots=True)
class PublishedReader:
    """One query each `max_age`; parsed and compiled anew only where a document's version moved."""

    documents: DocumentStore
    max_age: timedelta
    begins_paused: bool = False
    """Whether mail and writeback are paused as long as nobody has saved pauses."""
    _read_at: datetime | None = field(default=None, init=False)
    _versions: Mapping[str, int] = field(default_factory=dict, init=False)
    _published: Published | None = field(default=None, init=False)

    def read(self, now: datetime) -> Published:
        if self._published is None or self._read_at is None or now - self._read_at >= self.max_age:
            return self._refreshed(now)
        return self._published

    def _refreshed(self, now: datetime) -> Published:
        documents = self.documents.all(Kind.PUBLISHED)
        versions = {document.id: document.version for document in documents}
        if self._published is None or versions != self._versions:
            bodies = {document.id: cast("Mapping[str, Json]", document.body) for document in documents}
            self._published, self._versions = parse(bodies, begins_paused=self.begins_paused), versions
        self._read_at = now
        return self._published
