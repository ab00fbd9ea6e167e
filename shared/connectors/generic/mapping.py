"""What one record of a generic webhook says: the form that the API documents, read into a SourceRecord."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from shared.accounts.identity import MANUAL, RecordKey, SourceName
from shared.accounts.values import Json, ValueRefused, parse_moment
from shared.accounts.version import Version
from shared.configuration.records import SourceRecord
from shared.connectors.ports import BadRecord

GENERIC = SourceName("generic")
DELETED = "account.deleted"
TYPES = ("account.created", "account.updated", DELETED)
MAX_ID = 128
MAX_STATED = 50
"""Ids of other systems in one record: they are linked in one transaction with it."""

_SOURCE = re.compile(r"[a-z][a-z0-9_-]{0,31}\Z", re.ASCII)


def to_record(document: Mapping[str, Json]) -> SourceRecord:
    """The record in one document of the webhook's `split`; raises BadRecord."""
    kind, data = document.get("type"), document.get("data")
    if kind not in TYPES:
        raise BadRecord(f"type is none of {', '.join(TYPES)}")
    if not isinstance(data, Mapping):
        raise BadRecord("data is no object")
    key = RecordKey(GENERIC, _external_id(data.get("external_id"), "external_id"))
    return SourceRecord(
        key=key,
        version=_version(data.get("version"), document.get("timestamp")),
        properties={} if kind == DELETED else _properties(data),
        deleted=kind == DELETED,
        also_known_as=tuple(dict.fromkeys(stated for stated in _stated(data.get("external_ids")) if stated != key)),
    )


def _external_id(value: Json, where: str) -> str:
    """Ids match to the letter: nothing is trimmed, and a number is not written out."""
    if not isinstance(value, str) or not value or len(value) > MAX_ID:
        raise BadRecord(f"{where} is no text of 1 to {MAX_ID} characters")
    if not value.isprintable() or value != value.strip():
        raise BadRecord(f"{where} has control characters, or space around it")
    return value


def _version(version: Json, timestamp: Json) -> Version:
    if version is None:
        return _time(timestamp, "without a version, timestamp")
    if isinstance(version, str):
        return _time(version, "version")
    if isinstance(version, (int, Decimal)) and not isinstance(version, bool):
        try:
            return Version.of_number(version)
        except ValueError as error:
            raise BadRecord("version has more than 18 digits before the point, or more than 9 after it") from error
    raise BadRecord("version is neither a number nor an RFC 3339 time")


def _time(text: Json, what: str) -> Version:
    if isinstance(text, str):
        try:
            return Version.of_time(parse_moment(text))
        except ValueRefused:
            pass
    raise BadRecord(f"{what} is no RFC 3339 time with its offset, such as 2026-11-22T07:00:00Z")


def _properties(data: Mapping[str, Json]) -> Mapping[str, Json]:
    fields = data.get("fields")
    if fields is not None and not isinstance(fields, Mapping):
        raise BadRecord("fields is no object")
    return {**(fields or {}), **({"name": data["name"]} if "name" in data else {})}


def _stated(external_ids: Json) -> Iterator[RecordKey]:
    """The records of other sources that are the same account's; null, or a source with null, states none."""
    if external_ids is None:
        return
    if not isinstance(external_ids, Mapping):
        raise BadRecord("external_ids is no object of source and id")
    count = 0
    for source, value in external_ids.items():
        if not _SOURCE.match(source) or source == MANUAL:
            raise BadRecord("external_ids names a source that is none: write one such as recurly")
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            count += 1
            if count > MAX_STATED:
                raise BadRecord(f"external_ids has more than {MAX_STATED} ids")
            yield RecordKey(SourceName(source), _external_id(one, f"external_ids.{source}"))
