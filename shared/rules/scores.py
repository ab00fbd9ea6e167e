"""Scores: the points that an account has for what holds of it, added up anew wherever conditions are asked."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.rules.compile import compile_condition
from shared.rules.condition import Condition, Leaf, Reference
from shared.rules.facts import Facts, Scores, Term
from shared.rules.parse_score import POINTER, read_conditions
from shared.rules.reading import Reading
from shared.rules.trace import leaves


def read_by(conditions: Iterable[Condition], catalogue: Catalogue) -> AbstractSet[FieldName]:
    """The scores that the conditions read."""
    if not catalogue.scores:
        return frozenset()
    return {
        name for condition in conditions for leaf in leaves(condition) for name in fields_of(leaf)
    } & catalogue.scores


def compiled(names: Iterable[FieldName], catalogue: Catalogue) -> Scores:
    """Those scores of the catalogue; raises DocumentRefused where one does not fit its other fields."""
    return {name: _terms(name, catalogue) for name in sorted(names)}


def scored(facts: Facts) -> Facts:
    """`facts` with the points of its scores, as its values and its moment give them."""
    if not facts.scores:
        return facts
    points = {name: sum(term.points for term in facts.given(name)) for name in facts.scores}
    return replace(facts, values={**facts.values, **points})


def beneath(leaf: Leaf, scores: Scores) -> Iterator[Leaf]:
    """The leaves of the scores that the leaf reads: no score turns but where one of these does."""
    for name in fields_of(leaf):
        for term in scores.get(name, ()):
            yield from leaves(term.when)


def _terms(name: FieldName, catalogue: Catalogue) -> tuple[Term, ...]:
    entry, reading = catalogue.fields[name], Reading()
    conditions = read_conditions(entry, catalogue, reading, POINTER)
    reading.done()
    return tuple(
        Term(f"{POINTER}/{index}", condition, term.points, compile_condition(condition))
        for index, (condition, term) in enumerate(zip(conditions, entry.score, strict=True))
    )


def fields_of(leaf: Leaf) -> Iterator[FieldName]:
    """The field that the leaf reads, and the one that it compares with."""
    yield leaf.field
    if isinstance(leaf.value, Reference):
        yield leaf.value.field
