"""When conditions turn by themselves: the later moments at which a comparison with the present one may change."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from heapq import merge

from shared.rules.changes import ages
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import Leaf, Operator
from shared.rules.distances import Distances, distances
from shared.rules.facts import NO_SCORES, Facts, Scores
from shared.rules.moment import EPOCH, LAST_SECOND, SECOND, Moment
from shared.rules.scores import beneath, scored

type FactsAt = Callable[[datetime], Facts]
"""The same account at another moment, with no new data."""


def tells_time(leaf: Leaf, scores: Scores = NO_SCORES) -> bool:
    """Whether the leaf, or the value of a score that it reads, may turn with no new data."""
    return any(map(_tells_time, (leaf, *beneath(leaf, scores))))


def _tells_time(leaf: Leaf) -> bool:
    ages = leaf.op is Operator.SAME_FOR or leaf.over is not None or leaf.window is not None
    return ages or distances(leaf) is not None


def next_turn(leaves: Iterable[Leaf], facts: Facts) -> datetime | None:
    """The earliest later moment at which one of the leaves is met otherwise; None where none ever is."""
    turns = [turn for leaf in leaves if (turn := _first_turn(leaf, facts)) is not None]
    return min(turns, default=None)


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


def _first_turn(leaf: Leaf, facts: Facts) -> datetime | None:
    met = compile_leaf(leaf)
    present = met(facts)
    turns = turning_points(leaf, facts)
    return next((turn for turn in turns if met(at(facts, turn)) is not present), None)


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


def moments(seconds: Iterable[int], present: Moment) -> Iterator[datetime]:
    """The moments of those seconds, given in ascending order, that are to come."""
    yield from (EPOCH + second * SECOND for second in seconds if present.seconds < second <= LAST_SECOND)
