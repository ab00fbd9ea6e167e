"""Updates and records with defaults, so that a test shows only what matters."""

from datetime import UTC, datetime

from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import FieldName, RecordKey
from shared.accounts.values import SCALE, Json, Value
from shared.accounts.version import Version
from shared.configuration.records import SourceRecord

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
MRR = FieldName("mrr")


def key(text: str) -> RecordKey:
    return RecordKey.parse(text)


def update(
    record: str, version: int = 1, *, mrr: int | None = None, states: tuple[str, ...] = (), deleted: bool = False
) -> RecordUpdate:
    """`mrr` in whole units."""
    values: dict[FieldName, Value | None] = {} if mrr is None else {MRR: mrr * SCALE}
    return RecordUpdate(key(record), Version.of_number(version), values, deleted, tuple(map(key, states)))


def record(
    text: str, version: int = 1, *, states: tuple[str, ...] = (), withheld: tuple[str, ...] = (), **properties: Json
) -> SourceRecord:
    return SourceRecord(
        key(text), Version.of_number(version), properties, also_known_as=tuple(map(key, states)), withheld=withheld
    )
