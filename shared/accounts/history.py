"""Histories of values: what a field was before, kept on the account as it is merged, for rules that read changes."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType, Value

MAX_ENTRIES = 40
"""Of one field; the oldest go first."""
MAX_BYTES = 16 * 1024
"""Of all an account's histories, about as its row keeps them: long texts must not fill the row."""

_BYTES_OF_A_TIME = 8

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

    @property
    def last_known(self) -> Value:
        return self.entries[-1][1]

    def then(self, value: Value, at: int) -> Self:
        """With `value` in force from `at`: two workers' clocks differ, so never before the entry that it follows."""
        entries = (*self.entries, (max(at, self.entries[-1][0]), value))
        return replace(self, entries=entries[-MAX_ENTRIES:], cut=self.cut or len(entries) > MAX_ENTRIES)

    def restated(self, value: Value, kind: FieldType) -> Self:
        """With `value` as what the last one always was. Money of earlier entries moves in proportion, to the
        ten-thousandth: in another currency or at other rates, a rise or drop stays the percentage that it was.
        """
        *earlier, (at, last) = self.entries
        if kind is FieldType.MONEY and isinstance(last, int) and isinstance(value, int) and min(last, value) > 0:
            earlier = [(since, _in_proportion(amount, value, last)) for since, amount in earlier]
        return replace(self, entries=(*earlier, (at, value)))

    def without_oldest(self) -> Self:
        return replace(self, entries=self.entries[1:], cut=True)


type Histories = Mapping[FieldName, History]
"""By field: those whose setting keeps history, once they had a value."""


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
    present entry's value is replaced, and no change is added. A field whose history was switched on begins with the
    value it has now; one that was switched off is dropped. A history of another type's values begins anew.
    """
    at = int(now.replace(microsecond=0).timestamp())
    after: dict[FieldName, History] = {}
    for name in catalogue.with_history:
        known, value = histories.get(name), values.get(name)
        kind = catalogue.field(name).type if name in restated else None
        found = known if value is None else _led_on(known, value, at, restated=kind)
        if found is not None:
            after[name] = found
    same = after.keys() == histories.keys() and all(after[name] is histories[name] for name in after)
    return histories if same else _bounded(after)


def _led_on(known: History | None, value: Value, at: int, *, restated: FieldType | None) -> History:
    """`restated`: the field's type, where its value is no news."""
    if known is None or type(known.last_known) is not type(value):
        return History(((at, value),))
    if known.last_known == value:
        return known
    return known.then(value, at) if restated is None else known.restated(value, restated)


def _in_proportion(amount: Value, numerator: int, denominator: int) -> Value:
    return (2 * amount * numerator + denominator) // (2 * denominator) if isinstance(amount, int) else amount


def _bounded(histories: Mapping[FieldName, History]) -> Histories:
    """Without the oldest entries that are too much for the row; each field keeps its last."""
    kept = dict(histories)
    over = sum(_bytes(entry) for history in kept.values() for entry in history.entries) - MAX_BYTES
    while over > 0 and (longer := [name for name, history in kept.items() if len(history.entries) > 1]):
        oldest = min(longer, key=lambda name: (kept[name].entries[0][0], name))
        over -= _bytes(kept[oldest].entries[0])
        kept[oldest] = kept[oldest].without_oldest()
    return kept


def _bytes(entry: Entry) -> int:
    return _BYTES_OF_A_TIME + len(json.dumps(entry[1], separators=(",", ":"))) + len(",,")
