"""Histories written by hand, and what conditions are asked of with them."""

from datetime import timedelta

from shared.accounts.history import History
from shared.accounts.identity import FieldName
from shared.accounts.values import Json
from shared.rules.facts import Facts
from shared.rules.moment import seconds_of
from tests.support.builders import NOW
from tests.unit.rules.documents import FIELDS, moment

DAY = timedelta(days=1)

type Entries = list[tuple[float, Json]]
"""Days before now, and the value since then; oldest first."""


def past(field: str, entries: Entries, *, cut: bool = False) -> History:
    of = FIELDS.types[FieldName(field)]
    return History(tuple((seconds_of(NOW - days * DAY), of.parse(value)) for days, value in entries), cut)


def past_facts(field: str, entries: Entries, *, cut: bool = False, **beside: Json) -> Facts:
    """The last entry is the present value."""
    history, name = past(field, entries, cut=cut), FieldName(field)
    others = {FieldName(other): FIELDS.types[FieldName(other)].parse(value) for other, value in beside.items()}
    return Facts({name: history.last_known, **others}, {name: history}, moment())
