"""From a score field's document to its terms: the points, and the conditions that give them."""

from collections.abc import Sequence
from functools import partial
from typing import cast

from shared.accounts.catalogue import TIER_WORDS, Catalogue, Field, ScoreTerm
from shared.accounts.values import FieldType, Json, ValueType
from shared.rules.condition import Condition
from shared.rules.errors import Code
from shared.rules.parse import MAX_LEAVES, parse_condition
from shared.rules.reading import Reading
from shared.rules.trace import leaves
from shared.rules.vocabulary import Vocabulary

MAX_TERMS = 100

POINTER = "/score"
"""Where the terms stand in a field's document."""
POINTS = ValueType(FieldType.NUMBER)
NOT_A_NUMBER = "a score is a number"


def parse_terms(document: Json, reading: Reading, pointer: str) -> tuple[ScoreTerm, ...]:
    """The terms of a score, but for what their conditions say: `read_conditions` reads these beside other fields."""
    found = [_term(item, reading, where) for where, item in reading.items(document, pointer, at_most=MAX_TERMS)]
    if not found:
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, f"write an array of 1 to {MAX_TERMS} terms")
    return tuple(found)


def terms_to_json(terms: Sequence[ScoreTerm]) -> list[Json]:
    """The document that `parse_terms` reads them from."""
    return [{"when": term.when, "points": cast("Json", POINTS.to_json(term.points))} for term in terms]


def _term(document: Json, reading: Reading, pointer: str) -> ScoreTerm:
    given = reading.members(document, pointer, required=("when", "points"))
    points = reading.attempt(partial(POINTS.parse, given.get("points", 0)), f"{pointer}/points", 0)
    return ScoreTerm(given.get("when", {"always": True}), points if isinstance(points, int) else 0)


def read_conditions(entry: Field, catalogue: Catalogue, reading: Reading, pointer: str) -> tuple[Condition, ...]:
    """What each term of the score asks, which may be whatever tier rules may ask, but of another score.

    What is wrong is refused in `reading`; `pointer` is where the terms stand.
    """
    types = {name: catalogue.types[name] for name in catalogue.fields if name not in catalogue.scores}
    words = Vocabulary(types, TIER_WORDS, scores=catalogue.scores)
    found = tuple(
        parse_condition(term.when, words, reading, f"{pointer}/{index}/when") for index, term in enumerate(entry.score)
    )
    if sum(1 for condition in found for _ in leaves(condition)) > MAX_LEAVES:
        reading.refuse(pointer, Code.TOO_MANY, f"a score has at most {MAX_LEAVES} comparisons: split it")
    return found
