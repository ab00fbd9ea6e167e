"""Merging: a record's update into its account, and the records of an account into its values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue, Combine, Field
from shared.accounts.contribution import Contribution, RecordUpdate, first
from shared.accounts.history import Histories, recorded, tell_the_same
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
    restated = _restated(known, update) if known else frozenset()
    return revalued(account.with_record(update.key, contribution), catalogue, now, before=account, restated=restated)


def revalued(
    account: Account,
    catalogue: Catalogue,
    now: datetime,
    *,
    before: Account,
    restated: AbstractSet[FieldName] = frozenset(),
) -> Merge:
    """`account` with its values combined anew, and with the histories of `before` led on to them; the cause says
    whether these, its life or what rules read of the past differ from `before`. What records say of the fields in
    `restated` is no news.
    """
    values = _combined_values(account.records, catalogue)
    account = replace(account, values=values, histories=_histories(before, values, catalogue, now, restated))
    same = (account.values, account.archived) == (before.values, before.archived)
    same = same and tell_the_same(before.histories, account.histories, catalogue)
    return Merge(account, Cause.NONE if same and before.version else Cause.DATA)


def _restated(known: Contribution, update: RecordUpdate) -> AbstractSet[FieldName]:
    """The fields of which `update` reads again what the record said already; the yearly value follows the monthly."""
    names = {name for name in update.values if update.version.restates(known.version_of(name))}
    return names | {ARR} if MRR in names and update.values.get(ARR) is None else names


def _histories(
    before: Account,
    values: Mapping[FieldName, Value],
    catalogue: Catalogue,
    now: datetime,
    restated: AbstractSet[FieldName],
) -> Histories:
    """In two steps: what the catalogue in force makes of the records as they were is no change; the rest is."""
    if not catalogue.kept:
        return {}
    combined = _combined_values(before.records, catalogue)
    histories = recorded(before.histories, combined, catalogue, now, restated=combined.keys())
    return recorded(histories, values, catalogue, now, restated=restated)


def _combined_values(records: Mapping[RecordKey, Contribution], catalogue: Catalogue) -> dict[FieldName, Value]:
    return {name: found.given.value for name, found in resolve(records, catalogue).items()}


def resolve(records: Mapping[RecordKey, Contribution], catalogue: Catalogue) -> dict[FieldName, Resolved]:
    """The value of each field that any record gives, by the field's source order and combine rule.

    `arr` is twelve times `mrr` where no source gives it. Kept values that no longer fit their field's type don't count,
    nor does what a record says of a score.
    """
    types, scores = catalogue.types, catalogue.scores
    given: dict[FieldName, dict[SourceName, list[RecordKey]]] = defaultdict(lambda: defaultdict(list))
    for key in sorted(records):
        for name, value in records[key].values.items():
            if value is not None and name in types and name not in scores and types[name].fits(value):
                given[name][key.source].append(key)
    resolved = {name: _in_order(catalogue.field(name), by_source, records) for name, by_source in sorted(given.items())}
    if ARR not in resolved and MRR in resolved and ARR in catalogue:
        resolved[ARR] = _yearly(resolved[MRR])
    return resolved


def _in_order(
    entry: Field, by_source: Mapping[SourceName, list[RecordKey]], records: Mapping[RecordKey, Contribution]
) -> Resolved:
    if len(by_source) == 1:
        ((source, keys),) = by_source.items()
        return Resolved(_combined(entry, source, keys, records))
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
