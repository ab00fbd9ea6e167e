"""The published configuration as workers read it: trusted for a few seconds, then read again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, cast

from shared.accounts.identity import SourceName
from shared.accounts.values import Json
from shared.configuration.breaker_document import parse_trip
from shared.configuration.documents import DocumentStore, Kind, policy_id
from shared.configuration.published import BREAKER, FRESH_POLICY_VERSION, Published, parse
from shared.rules.errors import DocumentRefused
from shared.tiers.breaker import Trip
from shared.tiers.freshness import Freshness
from shared.tiers.policy_document import FRESH_POLICY, parse_policy
from shared.tiers.rulebook import Rulebook

STALE_AFTER = 3
"""Intervals between syncs: a source that missed the last two counts as stale from the third on."""


class SyncTimes(Protocol):
    """When the last complete sync of a source began: what changed before that is known here."""

    def get(self, name: str) -> datetime | None:
        """By `sync_time`'s name; None: none was complete yet."""
        ...


def sync_time(source: SourceName) -> str:
    return f"synced:{source}"


@dataclass(slots=True)
class PublishedReader:
    """One query each `max_age`; parsed and compiled anew only where a document's version moved."""

    documents: DocumentStore
    max_age: timedelta
    begins_paused: bool = False
    """Whether mail and writeback are paused as long as nobody has saved pauses."""
    synced: SyncTimes | None = None
    """Read with the rest where it decides tiers: stale data demote nobody."""
    _read_at: datetime | None = field(default=None, init=False)
    _versions: Mapping[str, int] = field(default_factory=dict, init=False)
    _published: Published | None = field(default=None, init=False)
    _earlier: tuple[Rulebook, Rulebook | None] | None = field(default=None, init=False)
    """A rulebook in force, and the one before it."""

    def read(self, now: datetime) -> Published:
        if self._published is None or self._read_at is None or now - self._read_at >= self.max_age:
            return self._refreshed(now)
        return self._published

    def before(self, rulebook: Rulebook) -> Rulebook | None:
        """A rulebook that is in force with the policy that was published before its own, all else as it is.

        None where that policy names what is no longer among the tiers and fields, or there was none.
        """
        if self._earlier is None or self._earlier[0] is not rulebook:
            self._earlier = rulebook, self._with_earlier_policy(rulebook)
        return self._earlier[1]

    def _with_earlier_policy(self, rulebook: Rulebook) -> Rulebook | None:
        version = (rulebook.policy_version or 0) - 1
        policy = self._policy(version)
        if policy is None:
            return None
        try:
            parsed = parse_policy(policy, rulebook.tiers, rulebook.catalogue)
        except DocumentRefused:
            return None
        return replace(rulebook, policy=parsed, policy_version=version)

    def _policy(self, version: int) -> Json:
        """As it was written; None: there is none of this version."""
        if version == FRESH_POLICY_VERSION:
            return FRESH_POLICY
        saved = self.documents.get(Kind.POLICY, policy_id(version))
        return cast("Json", saved.body["policy"]) if saved else None

    def trip_now(self) -> Trip | None:
        """The breaker's last trip, strongly consistent: whatever the copy at hand says."""
        document = self.documents.get(Kind.PUBLISHED, BREAKER)
        return parse_trip(cast("Mapping[str, Json]", document.body)) if document else None

    def _refreshed(self, now: datetime) -> Published:
        documents = self.documents.all(Kind.PUBLISHED)
        versions = {document.id: document.version for document in documents}
        if self._published is None or versions != self._versions:
            bodies = {document.id: cast("Mapping[str, Json]", document.body) for document in documents}
            self._published, self._versions = parse(bodies, begins_paused=self.begins_paused), versions
        sources = self._freshness(self._published)
        if sources != self._published.rulebook.sources:
            rulebook = replace(self._published.rulebook, sources=sources)
            self._published = replace(self._published, rulebook=rulebook)
        self._read_at = now
        return self._published

    def _freshness(self, published: Published) -> Mapping[SourceName, Freshness]:
        """Of the sources that are pulled; one that only sends tells nothing by its silence."""
        if self.synced is None:
            return {}
        found = {}
        for config in published.sources.values():
            if config.enabled and config.sync_minutes is not None:
                interval, at = timedelta(minutes=config.sync_minutes), self.synced.get(sync_time(config.name))
                if at is not None:
                    found[config.name] = Freshness(at + STALE_AFTER * interval, interval)
        return found
