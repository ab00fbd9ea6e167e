"""When conditions turn by themselves: the later moments at which a comparison with the present one may change."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import merge
from itertools import groupby, repeat
from operator import itemgetter

from shared.rules.changes import ages
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import Leaf, Operator
from shared.rules.distances import Distances, distances
from shared.rules.facts import NO_SCORES, Facts, Scores, Test
from shared.rules.moment import EPOCH, LAST_SECOND, SECOND, Moment
from shared.rules.scores import beneath, fields_of, scored
from shared.rules.trace import leaves as leaves_in

MAX_ASKED = 20_000
"""Leaves that are asked at later moments, those of scores included: what hangs on more is looked at anew from where it
got to.
"""

type FactsAt = Callable[[datetime], Facts]
"""The same account at another moment, with no new data."""


def tells_time(leaf: Leaf, scores: Scores = NO_SCORES) -> bool:
    """Whether the leaf, or the value of a score that it reads, may turn with no new data."""
    return any(map(_tells_time, (leaf, *beneath(leaf, scores))))


def _tells_time(leaf: Leaf) -> bool:
    ages = leaf.op is Operator.SAME_FOR or leaf.over is not None or leaf.window is not None
    return ages or distances(leaf) is not None


def next_turn(leaves: Iterable[Leaf], facts: Facts) -> datetime | None:
    """The earliest later moment at which one of the leaves is met otherwise; None where none ever is.

    Where they hang on more moments than are looked at, the last of these: nothing turns before it.
    """
    watched = [_Watched(leaf, facts) for leaf in leaves]
    by_scores = list(_turning_scores(watched, facts.scores))
    asked = 0
    for moment, due in _in_order([*((one.leaf, [one]) for one in watched), *by_scores], facts):
        later = at(facts, moment)
        asked += len(due) + len(by_scores)
        if asked > MAX_ASKED or any(one.turned(later) for one in due):
            return moment
    return None


@dataclass(slots=True, eq=False)
class _Watched:
    leaf: Leaf
    facts: Facts
    met: Test = field(init=False)
    present: bool | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.met = compile_leaf(self.leaf)

    def turned(self, later: Facts) -> bool:
        if self.present is None:
            self.present = self.met(self.facts)
        return self.met(later) is not self.present


def _turning_scores(watched: Sequence[_Watched], scores: Scores) -> Iterator[tuple[Leaf, Sequence[_Watched]]]:
    """The leaves of each score, with those that read it."""
    for name, terms in scores.items():
        readers = [one for one in watched if name in fields_of(one.leaf)]
        yield from ((leaf, readers) for term in terms for leaf in leaves_in(term.when))


def _in_order(
    turning: Iterable[tuple[Leaf, Sequence[_Watched]]], facts: Facts
) -> Iterator[tuple[datetime, Collection[_Watched]]]:
    """Each moment at which a leaf may turn once, ascending, with what is to be asked again because of these leaves."""
    streams = (zip(_own_points(leaf, facts), repeat(readers)) for leaf, readers in turning)
    for moment, group in groupby(merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        due = {id(readers): readers for _, readers in group}
        yield moment, dict.fromkeys(one for readers in due.values() for one in readers)


def turning_points(leaf: Leaf, facts: Facts) -> Iterator[datetime]:
    """Where the leaf may turn, later than the facts' moment and in ascending order: all moments at which it does turn,
    and some at which it does not (a day that the zone's calendar leaves out, an entry that changes no average, points
    that others outweigh).
    """
    yield from merge(*(_own_points(one, facts) for one in (leaf, *beneath(leaf, facts.scores))))


def _own_points(leaf: Leaf, facts: Facts) -> Iterator[datetime]:
    found, value, history = distances(leaf), facts.values.get(leaf.field), facts.histories.get(leaf.field)
    if found is not None and type(value) is int:
        yield from _points(found, value, facts.at)
    elif value is not None and history is not None and _tells_time(leaf):
        yield from moments(sorted(ages(leaf, history)), facts.at)


def at(facts: Facts, moment: datetime) -> Facts:
    """The same account at another moment, its scores as they are then."""
    return scored(replace(facts, at=Moment(moment, facts.at.zone)))


def _points(found: Distances, value: int, present: Moment) -> Iterator[datetime]:
    edges = sorted({value - found.high, value - found.low + 1})
    yield from _midnights(edges, present) if found.of_date else moments(edges, present)


def _midnights(days: Iterable[int], present: Moment) -> Iterator[datetime]:
    """Today counts too: clocks that go back over midnight undo its beginning."""
    for day in days:
        turn = present.turn_of(day) if day >= present.today else None
        if turn is not None:
            yield turn


def ascending(streams: Iterable[Iterable[datetime]], after: datetime) -> Iterator[datetime]:
    """The moments later than `after` of streams that each ascend, in order, each once."""
    last = after
    for moment in merge(*streams):
        if moment > last:
            last = moment
            yield moment


def moments(seconds: Sequence[int], present: Moment) -> Iterator[datetime]:
    """The moments of those seconds, given in ascending order, that are to come."""
    to_come = seconds[bisect_right(seconds, present.seconds) : bisect_right(seconds, LAST_SECOND)]
    yield from (EPOCH + second * SECOND for second in to_come)
