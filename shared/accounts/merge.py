"""Merging: a record's update into its account, and the records of an account into its values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue, Combine, Field
from shared.accounts.contribution import Contribution, RecordUpdate, first
from shared.accounts.identity import FieldName, RecordKey, SourceName
from shared.accounts.standing import Cause
from shared.accounts.values import Value

MRR = FieldName("mrr")
ARR = FieldName("arr")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Given:
    """A value of a field with the records that gave it: one for `latest`, one or more for `sum`."""

    value: Value
    source: SourceName
    records: tuple[RecordKey, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A field's value on the account, and beside it what the sources further down the order say."""

    given: Given
    others: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    account: Account
    cause: Cause | None
    """Why to write it; None: the update is not newer, nothing is written."""


def apply(account: Account, update: RecordUpdate, catalogue: Catalogue, now: datetime) -> Merge:
    """The account after `update`; raises VersionKindChanged.

    A newer version with equal values is written without waking anybody: skipping it would let a late version between
    the two win.
    """
    known = account.records.get(update.key)
    contribution = known.merged(update, now) if known else first(update, now)
    if contribution is known:
        return Merge(account, None)
    return revalued(account.with_record(update.key, contribution), catalogue, before=account)


def revalued(account: Account, catalogue: Catalogue, *, before: Account) -> Merge:
    """`account` with its values combined anew; the cause says whether they or its life differ from `before`."""
    values = {name: found.given.value for name, found in resolve(account.records, catalogue).items()}
    account = replace(account, values=values)
    woken = values != before.values or account.archived != before.archived or before.version == 0
    return Merge(account, Cause.DATA if woken else Cause.NONE)


def resolve(records: Mapping[RecordKey, Contribution], catalogue: Catalogue) -> dict[FieldName, Resolved]:
    """The value of each field that any record gives, by the field's source order and combine rule.

    `arr` is twelve times `mrr` where no source gives it. Kept values that no longer fit their field's type don't count.
    """
    given: dict[FieldName, dict[SourceName, list[RecordKey]]] = defaultdict(lambda: defaultdict(list))
    for key in sorted(records):
        for name, value in records[key].values.items():
            if value is not None and name in catalogue.types and catalogue.types[name].fits(value):
                given[name][key.source].append(key)
    resolved = {name: _in_order(catalogue.field(name), by_source, records) for name, by_source in sorted(given.items())}
    if ARR not in resolved and MRR in resolved and ARR in catalogue:
        resolved[ARR] = _yearly(resolved[MRR])
    return resolved


def _in_order(
    entry: Field, by_source: Mapping[SourceName, list[RecordKey]], records: Mapping[RecordKey, Contribution]
) -> Resolved:
    ranks = {source: rank for rank, source in enumerate(entry.sources)}
    order = sorted(by_source, key=lambda source: (ranks.get(source, len(ranks)), source))
    best, *others = [_combined(entry, source, by_source[source], records) for source in order]
    return Resolved(best, tuple(others))


def _combined(
    entry: Field, source: SourceName, keys: Iterable[RecordKey], records: Mapping[RecordKey, Contribution]
) -> Given:
    if entry.combine is Combine.SUM:
        total = sum(value for key in keys if isinstance(value := records[key].values[entry.name], int))
        return Given(total, source, tuple(keys))
    last = max(keys, key=lambda key: (records[key].version_of(entry.name).at, key))
    value = records[last].values[entry.name]
    if value is None:
        raise AssertionError("resolve passes keys with values only")
    return Given(value, source, (last,))


def _yearly(monthly: Resolved) -> Resolved:
    def times(given: Given) -> Given:
        return replace(given, value=given.value * MONTHS) if isinstance(given.value, int) else given

    return Resolved(times(monthly.given), tuple(times(other) for other in monthly.others))
