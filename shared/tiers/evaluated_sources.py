"""The sources as a trial evaluation describes them: how fresh each is, and which of them gave a value."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import Contribution
from shared.accounts.identity import FieldName, RecordKey, SourceName
from shared.accounts.values import Json, Value, ValueRefused, parse_moment
from shared.accounts.version import Version
from shared.rules.errors import Code
from shared.rules.parse_time import parse_delay
from shared.rules.reading import Reading, escaped
from shared.tiers.freshness import Freshness

MAX_SOURCES = 100
MAX_NAME = 64


def parse_sources(document: Json, pointer: str, reading: Reading) -> Mapping[SourceName, Freshness]:
    """By name, when the source's data are stale and how often it is synced; what is wrong is refused in `reading`."""
    if not isinstance(document, Mapping):
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write an object with the sources' names as keys")
        return {}
    if len(document) > MAX_SOURCES:
        reading.refuse(pointer, Code.TOO_MANY, f"at most {MAX_SOURCES} sources")
        return {}
    return dict(_sources(document, pointer, reading))


def given_by(account: Account, sources: Collection[SourceName], catalogue: Catalogue, now: datetime) -> Account:
    """`account` with its values as given by the sources: each by the one that comes first in its field's order."""
    by_source: dict[SourceName, dict[FieldName, Value | None]] = defaultdict(dict)
    for name, value in account.values.items():
        order = catalogue.field(name).sources
        source = min(sources, key=lambda name: (order.index(name) if name in order else len(order), name))
        by_source[source][name] = value
    records = {
        RecordKey(source, "account"): Contribution(Version.of_number(1), now, values)
        for source, values in by_source.items()
    }
    return _with(account, records)


def _with(account: Account, records: Mapping[RecordKey, Contribution]) -> Account:
    for key, contribution in records.items():
        account = account.with_record(key, contribution)
    return account


def _sources(document: Mapping[str, Json], pointer: str, reading: Reading) -> Iterator[tuple[SourceName, Freshness]]:
    for name, entry in document.items():
        where = f"{pointer}/{escaped(name)}"
        reading.text(name, where, at_most=MAX_NAME)
        given = reading.members(entry, where, required=("stale_at", "interval"))
        if len(given) == len(("stale_at", "interval")):
            stale_at = reading.attempt(partial(_moment, given["stale_at"]), f"{where}/stale_at", None)
            interval = reading.attempt(partial(_interval, given["interval"]), f"{where}/interval", None)
            if stale_at is not None and interval is not None:
                yield SourceName(name), Freshness(stale_at, interval)


def _moment(raw: Json) -> datetime:
    if not isinstance(raw, str):
        raise ValueRefused("value_not_for_type", "write an RFC 3339 time with its offset")
    return parse_moment(raw)


def _interval(raw: Json) -> timedelta:
    interval = parse_delay(raw)
    if not interval:
        raise ValueRefused("bad_duration", 'write how often the source is synced, such as "1h"')
    return interval
