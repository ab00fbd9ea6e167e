"""A field's history as JSON within its account's row, as short as can be: every account's row has some of them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

from shared.accounts.days import NO_DAYS, Days, Run
from shared.accounts.history import History
from shared.accounts.identity import FieldName
from shared.accounts.merge import MONTHS, MRR
from shared.accounts.values import Value

YEARLY = None
"""In the place of a history's document: it is twelve times MRR's."""


def history_document(history: History, began: int, present: Value | None) -> object:
    """Times and values in turns. A time is the seconds since the one before, the first since `began`, when the account
    was created; a last value that is the account's `present` one is left out.

    A history of changes alone, none cut, is its list. Full ones of five fields take 3.1 KB.
    """
    times = [at for at, _ in history.entries]
    since = [later - earlier for earlier, later in pairwise([began, *times])]
    values = [value for _, value in history.entries]
    steps: list[object] = list(chain.from_iterable(zip(since, values, strict=True)))
    if _same(steps[-1], present):
        steps.pop()
    if not history.cut and not history.days.runs:
        return steps
    document: dict[str, object] = {"steps": steps}
    if history.cut:
        document["cut"] = True
    if history.days.runs:
        document["days"] = list(_days_document(history.days))
    return document


class StoredHistories(Mapping[FieldName, History]):
    """Histories as a row has them. Each is read where it is asked for: few of an account's are, where it is decided."""

    __slots__ = ("_began", "_documents", "_read", "_values")

    def __init__(self, documents: Mapping[FieldName, Any], began: int, values: Mapping[FieldName, Value]) -> None:
        self._documents, self._began, self._values = documents, began, values
        self._read: dict[FieldName, History] = {}

    def __getitem__(self, name: FieldName) -> History:
        if name not in self._read:
            self._read[name] = self._from(self._documents[name], self._values.get(name))
        return self._read[name]

    def _from(self, document: Any, present: Value | None) -> History:
        return self[MRR].times(MONTHS) if document is YEARLY else read_history(document, self._began, present)

    def __iter__(self) -> Iterator[FieldName]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)

    def __repr__(self) -> str:
        return repr(dict(self))


def read_history(document: Any, began: int, present: Value | None) -> History:
    """The history that `history_document` wrote."""
    if isinstance(document, list):
        return History(tuple(_entries(document, began, present)))
    entries = tuple(_entries(document["steps"], began, present))
    days = Days(tuple(_runs(document["days"]))) if "days" in document else NO_DAYS
    return History(entries, document.get("cut", False), days)


def read_history_of_schema_2(document: Any) -> History:
    """As rows of the second and third schema have it: a list of times, each since the one before, and one of values."""
    entries = zip(accumulate(document["at"]), map(_value, document["values"]), strict=True)
    return History(tuple(entries), document.get("cut", False))


def _entries(steps: list[Any], began: int, present: Value | None) -> Iterator[tuple[int, Value]]:
    last = [] if len(steps) % 2 == 0 else [present]
    times = accumulate(steps[::2], initial=began)
    next(times)
    yield from zip(times, map(_value, [*steps[1::2], *last]), strict=True)


def _days_document(days: Days) -> Iterator[object]:
    """The first day, then for each day its value; `[n]` stands for n days more of the same value, `[-n]` for n days of
    which nothing is known.
    """
    expected = days.runs[0].first
    yield expected
    for run in days.runs:
        if run.first > expected:
            yield [expected - run.first]
        yield run.value
        if run.length > 1:
            yield [run.length - 1]
        expected = run.last + 1


def _runs(document: list[Any]) -> Sequence[Run]:
    day, *steps = document
    runs: list[Run] = []
    for step in steps:
        if isinstance(step, int):
            runs.append(Run(day, 1, step))
            day += 1
        elif step[0] < 0:
            day -= step[0]
        else:
            runs[-1] = runs[-1]._replace(length=1 + step[0])
            day += step[0]
    return runs


def _value(read: Any) -> Value:
    """A value as JSON gives it: of lists, tuples."""
    return tuple(read) if isinstance(read, list) else read


def _same(value: object, present: Value | None) -> bool:
    """Not by `==` alone: a true is no one."""
    return type(value) is type(present) and value == present
