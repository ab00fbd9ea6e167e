"""Histories of values: what a field was before, kept on the account as it is merged, for rules that read changes."""

import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self, assert_never

from shared.accounts.catalogue import Catalogue
from shared.accounts.days import NO_DAYS, Days
from shared.accounts.identity import FieldName
from shared.accounts.kept import Kept
from shared.accounts.values import FieldType, Value

MAX_ENTRIES = 40
"""Of one field; the oldest go first."""
MAX_BYTES = 16 * 1024
"""Of all an account's histories, about as its row keeps them: long texts must not fill the row."""

_BYTES_OF_AN_ENTRY = 10
"""Beside its value: a time and commas."""
_DAY_SECONDS = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_text = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: `json.dumps` would make an encoder for each value."""

type Entry = tuple[int, Value]
"""When the value came into force here, in whole seconds since 1970, and the value."""


@dataclass(frozen=True, slots=True)
class History:
    """A field's known values, oldest first, times never falling. A missing value is no entry and no change.

    Neighbours differ, but for what restating made equal.
    """

    entries: tuple[Entry, ...]
    """At least one; the last is the present value, or the last known one while the field is missing."""
    cut: bool = False
    """Whether older ones were dropped, so that more changes were known than these."""
    days: Days = NO_DAYS
    """Of fields kept by day."""

    @property
    def last_known(self) -> Value:
        return self.entries[-1][1]

    def then(self, value: Value, at: int) -> Self:
        """With `value` in force from `at`: two workers' clocks differ, so never before the entry that it follows."""
        entries = (*self.entries, (max(at, self.entries[-1][0]), value))
        return type(self)(entries[-MAX_ENTRIES:], self.cut or len(entries) > MAX_ENTRIES, self.days)

    def restated(self, value: Value, kind: FieldType) -> Self:
        """With `value` as what the last one always was. Money of earlier entries moves in proportion, to the
        ten-thousandth: in another currency or at other rates, a rise or drop stays the percentage that it was.
        """
        *earlier, (at, last) = self.entries
        if not (isinstance(last, int) and isinstance(value, int)):
            return replace(self, entries=(*earlier, (at, value)))
        if kind is FieldType.MONEY and min(last, value) > 0:
            earlier = [(since, _in_proportion(amount, value, last)) for since, amount in earlier]
            days = self.days.mapped(lambda amount: _in_proportion(amount, value, last))
        else:
            days = self.days.restated(day_of(at), value)
        return replace(self, entries=(*earlier, (at, value)), days=days)

    def seen(self, at: int) -> Self:
        """With the present value as that of the day as well: the same object where the day has it. A field that was not
        kept by day until now begins with the days of its changes.
        """
        days = self.days if self.days.runs else _days_of(self.entries)
        days = days.put(day_of(at), self.last_known) if isinstance(self.last_known, int) else days
        return self if days is self.days else replace(self, days=days)

    def times(self, factor: int) -> Self:
        """Of amounts: each of them `factor` times as large."""
        entries = tuple((at, value * factor) for at, value in self.entries if isinstance(value, int))
        return replace(self, entries=entries, days=self.days.mapped(lambda amount: amount * factor))

    def as_kept(self, kept: Kept) -> Self:
        """Without what is no longer kept: the same object where all of it is."""
        match kept:
            case Kept.DAILY:
                return self
            case Kept.CHANGES:
                return replace(self, days=NO_DAYS) if self.days.runs else self
            case Kept.LAST | Kept.NONE:
                return type(self)(self.entries[-1:]) if len(self.entries) > 1 or self.cut or self.days.runs else self
            case _:
                assert_never(kept)

    def without_oldest(self) -> Self:
        """Without what is oldest, a change or a run of days; the last change stays, and the last run."""
        run = self._oldest_run
        if run is not None and (len(self.entries) == 1 or run <= self.entries[0][0]):
            return replace(self, days=self.days.without_oldest())
        return replace(self, entries=self.entries[1:], cut=True)

    @property
    def oldest(self) -> int | None:
        """When what `without_oldest` drops began; None where there is nothing to drop."""
        change = self.entries[0][0] if len(self.entries) > 1 else None
        return min((at for at in (change, self._oldest_run) if at is not None), default=None)

    @property
    def _oldest_run(self) -> int | None:
        """When the oldest run of days began, if there are others."""
        return (self.days.runs[0].first - _EPOCH_DAY) * _DAY_SECONDS if len(self.days.runs) > 1 else None

    @property
    def size(self) -> int:
        """Bytes, about as a row keeps them."""
        return self.days.size + sum([_BYTES_OF_AN_ENTRY + _bytes(value) for _, value in self.entries])


type Histories = Mapping[FieldName, History]
"""By field: those of which anything is kept, once they had a value."""


def day_of(at: int) -> int:
    """The UTC date of a time in seconds since 1970, as `date.toordinal` counts days."""
    return at // _DAY_SECONDS + _EPOCH_DAY


def last_known(histories: Histories, name: FieldName) -> Value | None:
    """The field's value, or the one that it had last; None where none is known."""
    return histories[name].last_known if name in histories else None


def recorded(
    histories: Histories,
    values: Mapping[FieldName, Value],
    catalogue: Catalogue,
    now: datetime,
    *,
    restated: AbstractSet[FieldName] = frozenset(),
) -> Histories:
    """The histories after an account's values became `values` at `now`: the same object where they say nothing new.

    Values of the fields in `restated` are the same facts seen otherwise (rates, mapping, source order): there the
    present entry's value is replaced, and no change is added. A field of which something is kept from now on begins
    with the value it has now; what is no longer kept is dropped. A history of another type's values begins anew.
    """
    at = int(now.replace(microsecond=0).timestamp())
    after: dict[FieldName, History] = {}
    for name in sorted(values.keys() | histories.keys()):
        if (kept := catalogue.kept.get(name)) is None:
            continue
        found, value = histories.get(name), values.get(name)
        if value is not None:
            kind = catalogue.types[name].type if name in restated else None
            found = _led_on(found, value, at, by_day=kept is Kept.DAILY, restated=kind)
        if found is not None:
            after[name] = found.as_kept(kept)
    same = after.keys() == histories.keys() and all(after[name] is histories[name] for name in after)
    return histories if same else _bounded(after)


def tell_the_same(before: Histories, after: Histories, catalogue: Catalogue) -> bool:
    """Whether nothing differs that rules read; another day is news only where one of them reads days."""
    return before.keys() == after.keys() and all(
        history.entries == after[name].entries
        and (history.days == after[name].days or catalogue.needs.get(name) is not Kept.DAILY)
        for name, history in before.items()
    )


def _led_on(known: History | None, value: Value, at: int, *, by_day: bool, restated: FieldType | None) -> History:
    """`restated`: the field's type, where its value is no news."""
    last = known.last_known if known else None
    if known is None or type(last) is not type(value):
        led = History(((at, value),))
    elif last == value:
        led = known
    else:
        led = known.then(value, at) if restated is None else known.restated(value, restated)
    return led.seen(at) if by_day else led


def _days_of(entries: Iterable[Entry]) -> Days:
    days = NO_DAYS
    for at, value in entries:
        days = days.put(day_of(at), value) if isinstance(value, int) else days
    return days


def _in_proportion[V: Value](amount: V, numerator: int, denominator: int) -> V | int:
    return (2 * amount * numerator + denominator) // (2 * denominator) if isinstance(amount, int) else amount


def _bounded(histories: Mapping[FieldName, History]) -> Histories:
    """Without the oldest that is too much for the row; each field keeps its last value."""
    kept = dict(histories)
    over = sum(history.size for history in kept.values()) - MAX_BYTES
    while over > 0:
        begun = [(at, name) for name, history in kept.items() if (at := history.oldest) is not None]
        if not begun:
            break
        _, name = min(begun)
        shorter = kept[name].without_oldest()
        over -= kept[name].size - shorter.size
        kept[name] = shorter
    return kept


def _bytes(value: Value) -> int:
    return len(str(value)) if isinstance(value, int) else len(_text(value))
