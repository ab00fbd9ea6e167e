"""What one source record contributes to an account, each value with the version that gave it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from shared.accounts.identity import FieldName, RecordKey
from shared.accounts.values import Value
from shared.accounts.version import Version


@dataclass(frozen=True, slots=True)
class RecordUpdate:
    """One delivery's word on a record. Fields not in `values` are untouched; None clears one."""

    key: RecordKey
    version: Version
    values: Mapping[FieldName, Value | None] = field(default_factory=dict)
    deleted: bool = False
    """The record is gone at the source: its values go, its version stays, so that older words don't revive it."""
    also_known_as: tuple[RecordKey, ...] = ()
    """Records of other sources which this one states to be the same account's."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """The state of one record: for each field the value with the highest version, in whatever order they arrived."""

    version: Version
    received_at: datetime
    """When the record last changed a value here."""
    values: Mapping[FieldName, Value | None]
    """None where the record said so: a late older value must not fill it again."""
    older: Mapping[FieldName, Version] = field(default_factory=dict)
    """The versions of those values that are older than the record's."""
    archived: Version | None = None
    """The version of the latest deletion; what is not newer stays gone."""

    @property
    def live(self) -> bool:
        return self.archived is None or self.version.newer_than(self.archived)

    def version_of(self, name: FieldName) -> Version:
        return self.older.get(name, self.version)

    def merged(self, update: RecordUpdate, now: datetime) -> Self:
        """This contribution after `update`: the same object where nothing of it is newer. Raises VersionKindChanged."""
        if self.archived is not None and not update.version.newer_than(self.archived):
            return self
        if update.deleted:
            return self._deleted(update.version, now)
        taken = {name: value for name, value in update.values.items() if self._takes(name, update.version)}
        newer = update.version.newer_than(self.version)
        if not newer and not taken:
            return self
        changed = any(name not in self.values or self.values[name] != value for name, value in taken.items())
        return self._with(
            {**self.values, **taken},
            {name: update.version if name in taken else self.version_of(name) for name in {**self.values, **taken}},
            update.version if newer else self.version,
            received_at=now if changed else self.received_at,
            archived=self.archived,
        )

    def _takes(self, name: FieldName, version: Version) -> bool:
        return name not in self.values or version.newer_than(self.version_of(name))

    def _deleted(self, version: Version, now: datetime) -> Self:
        kept = {name: value for name, value in self.values.items() if self.version_of(name).newer_than(version)}
        return self._with(
            kept,
            {name: self.version_of(name) for name in kept},
            version if version.newer_than(self.version) else self.version,
            received_at=now,
            archived=version,
        )

    def _with(
        self,
        values: Mapping[FieldName, Value | None],
        versions: Mapping[FieldName, Version],
        version: Version,
        *,
        received_at: datetime,
        archived: Version | None,
    ) -> Self:
        older = {name: at for name, at in versions.items() if at != version}
        return type(self)(version, received_at, values, older, archived)


def first(update: RecordUpdate, now: datetime) -> Contribution:
    """The contribution of a record that was not known before."""
    return Contribution(
        version=update.version,
        received_at=now,
        values={} if update.deleted else dict(update.values),
        archived=update.version if update.deleted else None,
    )
