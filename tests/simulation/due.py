"""An index by due time, as the tables have one: the clock asks it each minute."""

from bisect import bisect_right, insort
from collections.abc import Hashable, Sequence
from datetime import datetime


class DueIndex[K: Hashable]:
    """Of keys that can be ordered."""

    def __init__(self) -> None:
        self._order: list[tuple[datetime, K]] = []
        self._due: dict[K, datetime] = {}

    def put(self, key: K, due: datetime | None) -> None:
        """None takes it out."""
        known = self._due.get(key)
        if known == due:
            return
        if known is not None:
            del self._order[bisect_right(self._order, (known, key)) - 1]
            del self._due[key]
        if due is not None:
            insort(self._order, (due, key))
            self._due[key] = due

    def between(self, after: datetime, until: datetime) -> Sequence[K]:
        """Those due in (after, until], the earliest first."""
        return [key for _, key in self._order[self._up_to(after) : self._up_to(until)]]

    def until(self, moment: datetime) -> Sequence[K]:
        return [key for _, key in self._order[: self._up_to(moment)]]

    def _up_to(self, moment: datetime) -> int:
        return bisect_right(self._order, moment, key=lambda entry: entry[0])
