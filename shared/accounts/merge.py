"""Merging: a record's update into its account, and the records of an account into its values."""

from collections.abc import Iterable, Mapping, Sequence
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
    records = {**account.records, update.key: contribution}
    return revalued(account, catalogue, now, before=account, records=records, restated=restated)


def revalued(
    account: Account,
    catalogue: Catalogue,
    now: datetime,
    *,
    before: Account,
    records: Mapping[RecordKey, Contribution] | None = None,
    restated: AbstractSet[FieldName] = frozenset(),
) -> Merge:
    """`account`, with other `records` if they are given, with its values combined anew, and with the histories of
    `before` led on to them; the cause says whether these, its life or what rules read of the past differ from `before`.
    What records say of the fields in `restated` is no news.
    """
    records = account.records if records is None else records
    values = _combined_values(records, catalogue)
    combined = values if records is before.records else _combined_values(before.records, catalogue)
    histories = _histories(before.histories, combined, values, catalogue, now, restated=restated)
    account = replace(account, records=records, values=values, histories=histories)
    same = (account.values, account.archived) == (before.values, before.archived)
    same = same and tell_the_same(before.histories, account.histories, catalogue)
    return Merge(account, Cause.NONE if same and before.version else Cause.DATA)


def _restated(known: Contribution, update: RecordUpdate) -> AbstractSet[FieldName]:
    """The fields of which `update` reads again what the record said already; the yearly value follows the monthly."""
    names = {name for name in update.values if update.version.restates(known.version_of(name))}
    return names | {ARR} if MRR in names and update.values.get(ARR) is None else names


def _histories(
    before: Histories,
    combined: Mapping[FieldName, Value],
    values: Mapping[FieldName, Value],
    catalogue: Catalogue,
    now: datetime,
    *,
    restated: AbstractSet[FieldName],
) -> Histories:
    """In two steps: what the catalogue in force makes of the records as they were (`combined`) is no change; the rest
    is.
    """
    if not catalogue.kept:
        return {}
    histories = recorded(before, combined, catalogue, now, restated=combined.keys())
    return histories if values is combined else recorded(histories, values, catalogue, now, restated=restated)


def _combined_values(records: Mapping[RecordKey, Contribution], catalogue: Catalogue) -> dict[FieldName, Value]:
    """The values alone of what `resolve` finds: each write asks for them twice, and for nothing else."""
    values = {}
    for name, by_source in sorted(_given(records, catalogue).items()):
        entry = catalogue.field(name)
        values[name], _ = _combined(entry, by_source[_in_order(entry, by_source)[0]], records)
    if ARR not in values and MRR in values and ARR in catalogue:
        values[ARR] = _yearly(values[MRR])
    return values


def source_of(name: FieldName, records: Mapping[RecordKey, Contribution], catalogue: Catalogue) -> SourceName | None:
    """The source that `resolve` takes the field's value from; None where no record gives it."""
    if (kind := catalogue.given.get(name)) is None:
        return None
    said = ((key.source, record.values.get(name)) for key, record in records.items())
    sources = {source for source, value in said if value is not None and kind.fits(value)}
    if not sources and name == ARR:
        return source_of(MRR, records, catalogue)
    return _in_order(catalogue.field(name), sources)[0] if sources else None


def resolve(records: Mapping[RecordKey, Contribution], catalogue: Catalogue) -> dict[FieldName, Resolved]:
    """The value of each field that any record gives, by the field's source order and combine rule.

    `arr` is twelve times `mrr` where no source gives it. Kept values that no longer fit their field's type don't count,
    nor does what a record says of a score.
    """
    resolved = {}
    for name, by_source in sorted(_given(records, catalogue).items()):
        entry = catalogue.field(name)
        given = []
        for source in _in_order(entry, by_source):
            value, keys = _combined(entry, by_source[source], records)
            given.append(Given(value, source, tuple(keys)))
        best, *others = given
        resolved[name] = Resolved(best, tuple(others))
    if ARR not in resolved and MRR in resolved and ARR in catalogue:
        best, *others = (
            replace(given, value=_yearly(given.value)) for given in (resolved[MRR].given, *resolved[MRR].others)
        )
        resolved[ARR] = Resolved(best, tuple(others))
    return resolved


def _given(
    records: Mapping[RecordKey, Contribution], catalogue: Catalogue
) -> dict[FieldName, dict[SourceName, list[RecordKey]]]:
    """The records that give each field a value that counts, by source."""
    kinds = catalogue.given
    given: dict[FieldName, dict[SourceName, list[RecordKey]]] = {}
    for key in sorted(records):
        for name, value in records[key].values.items():
            if value is not None and name in kinds and kinds[name].fits(value):
                given.setdefault(name, {}).setdefault(key.source, []).append(key)
    return given


def _in_order(entry: Field, sources: Iterable[SourceName]) -> Sequence[SourceName]:
    """Which of the sources is believed first, and which then."""
    if len(order := list(sources)) > 1:
        ranks = {source: rank for rank, source in enumerate(entry.sources)}
        order.sort(key=lambda source: (ranks.get(source, len(ranks)), source))
    return order


def _combined(
    entry: Field, keys: Sequence[RecordKey], records: Mapping[RecordKey, Contribution]
) -> tuple[Value, Sequence[RecordKey]]:
    """What one source's records come to, and those of them that gave it."""
    if entry.combine is Combine.SUM:
        return sum(value for key in keys if isinstance(value := records[key].values[entry.name], int)), keys
    last = keys[0] if len(keys) == 1 else max(keys, key=lambda key: (records[key].version_of(entry.name).at, key))
    value = records[last].values[entry.name]
    if value is None:
        raise AssertionError("resolve passes keys with values only")
    return value, (last,)


def _yearly(monthly: Value) -> Value:
    return monthly * MONTHS if isinstance(monthly, int) else monthly
