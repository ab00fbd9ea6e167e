"""Step 2 of the flow: a source's records are mapped to fields and merged into their accounts."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.access.people import UserDirectory
from shared.accounts.catalogue import Catalogue
from shared.accounts.store import AccountStore, AccountTooLarge
from shared.accounts.version import VersionKindChanged
from shared.configuration.mapping import Mapped, map_record
from shared.configuration.published import Published
from shared.configuration.records import SourceRecord
from shared.configuration.sources import SourceConfig
from shared.ingestion.merger import Merged, Merger
from shared.ingestion.tally import CONFLICTS, UNCHANGED, UNMAPPED, WRITTEN, Reject, Tally, rejected


class Intake:
    """The one way in for what sources say."""

    def __init__(self, accounts: AccountStore, directory: UserDirectory) -> None:
        self._merger = Merger(accounts)
        self._directory = directory

    def take(self, records: Iterable[SourceRecord], config: SourceConfig, published: Published, now: datetime) -> Tally:
        """Takes them in order. Raises AccountBusy and what the store raises: all may be taken again."""
        tally = Tally()
        for record in records:
            tally += self._one(record, config, published.catalogue, now)
        return tally

    def _one(self, record: SourceRecord, config: SourceConfig, catalogue: Catalogue, now: datetime) -> Tally:
        mapped = map_record(record, config, catalogue, self._directory)
        try:
            merged = self._merger.take(mapped.update, catalogue, now)
        except (VersionKindChanged, AccountTooLarge) as error:
            return rejected(str(record.key), str(error))
        return _told(record, mapped, merged)


def _told(record: SourceRecord, mapped: Mapped, merged: Merged) -> Tally:
    """Of a record that says nothing new only conflicts are told: the rest was when it was new."""
    conflicts: tuple[Reject, ...] = tuple({"record": str(record.key), "reason": reason} for reason in merged.conflicts)
    counts = {CONFLICTS: len(conflicts)} if conflicts else {}
    if not merged.writes:
        return Tally({UNCHANGED: 1, **counts}, conflicts)
    unmapped: Mapping[str, int] = {f"{UNMAPPED}{name}": count for name, count in mapped.unmapped.items()}
    return Tally({WRITTEN: 1, **counts, **unmapped}, (*mapped.rejects, *conflicts))
