"""From a condition's document to its tree: every error at once, each where it stands; nothing hostile gets further."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.accounts.values import Json
from shared.rules.condition import All, Always, Condition, Either, Not
from shared.rules.errors import Code
from shared.rules.parse_leaf import parse_leaf
from shared.rules.reading import Reading
from shared.rules.vocabulary import Vocabulary

MAX_DEPTH = 20
"""Of conditions: a comparison alone is 1 deep, one within an `all` 2."""
MAX_LEAVES = 500

_COMPOUND = ("all", "any", "not", "always")
_SHAPE = "write an object with all, any, not or always, or with field, op and value"


def parse_condition(document: Json, vocabulary: Vocabulary, reading: Reading, pointer: str) -> Condition:
    """The condition that `document`, which stands at `pointer`, says; what is wrong with it is refused in `reading`.

    Where anything was refused the result serves only to read on.
    """
    return _Parser(vocabulary, reading, pointer).condition(document, pointer, depth=1)


@dataclass(slots=True)
class _Parser:
    vocabulary: Vocabulary
    reading: Reading
    root: str
    leaves: int = field(default=0, init=False)

    def condition(self, document: Json, pointer: str, *, depth: int) -> Condition:
        if not isinstance(document, Mapping):
            self.reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, _SHAPE)
        elif depth > MAX_DEPTH:
            self.reading.refuse(pointer, Code.TOO_DEEP, f"conditions nest at most {MAX_DEPTH} deep: flatten this one")
        elif key := next((key for key in _COMPOUND if key in document), None):
            self.reading.members(document, pointer, required=(key,))
            return self._compound(key, document[key], f"{pointer}/{key}", depth)
        elif "field" in document or "op" in document:
            return self._leaf(document, pointer)
        else:
            self.reading.refuse(pointer, Code.MISSING_KEY, _SHAPE)
        return Always()

    def _compound(self, key: str, inner: Json, pointer: str, depth: int) -> Condition:
        if key == "not":
            return Not(self.condition(inner, pointer, depth=depth + 1))
        if key == "always":
            if inner is not True:
                self.reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write true: always holds")
            return Always()
        if not isinstance(inner, list) or not inner:
            self.reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, f"{key} is an array of one or more conditions")
            return Always()
        members = tuple(self.condition(item, f"{pointer}/{i}", depth=depth + 1) for i, item in enumerate(inner))
        return All(members) if key == "all" else Either(members)

    def _leaf(self, document: Mapping[str, Json], pointer: str) -> Condition:
        self.leaves += 1
        if self.leaves > MAX_LEAVES:
            self.reading.refuse(self.root, Code.TOO_MANY, f"a rule has at most {MAX_LEAVES} comparisons: split it")
            return Always()
        return parse_leaf(document, self.vocabulary, self.reading, pointer) or Always()
