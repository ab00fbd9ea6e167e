"""What a leaf says beside its value of the past that it asks about: since when, and over which window."""

from collections.abc import Mapping
from functools import partial

from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType, Json, ValueRefused, ValueType
from shared.rules.condition import Aggregate, Leaf, Operator, Window
from shared.rules.errors import Code
from shared.rules.parse_time import parse_duration
from shared.rules.reading import Reading
from shared.rules.vocabulary import HISTORY, OVER, PERCENTAGES, WINDOWED, Vocabulary

MAX_WINDOW = 400 * 86_400
"""Seconds that daily histories go back."""

_AMOUNTS = (FieldType.NUMBER, FieldType.MONEY)
_FUNCTIONS = {fn.value: fn for fn in Aggregate}
_PERCENT = ValueType(FieldType.NUMBER)


def keeps_history(name: FieldName, op: Operator, vocabulary: Vocabulary, reading: Reading, pointer: str) -> bool:
    """Whether the operator, which stands at `pointer`, finds what it reads of the field; refused where it doesn't."""
    if op in HISTORY and name in vocabulary.without_history:
        reading.refuse(pointer, Code.OVER_EXCEEDS_HISTORY, _no_history(name))
        return False
    return True


def parse_over(given: Mapping[str, Json], leaf: Leaf, reading: Reading) -> int | None:
    """In seconds; None where the leaf doesn't say it, or it was refused."""
    if "over" not in given:
        return None
    pointer = f"{leaf.pointer}/over"
    if leaf.op not in OVER:
        reading.refuse(pointer, Code.UNKNOWN_KEY, f"{leaf.op} has no over: leave it out")
        return None
    found = reading.attempt(partial(parse_duration, given["over"], leaf.type.type), pointer, None)
    return None if found is None else found.seconds


def parse_window(
    given: Mapping[str, Json], leaf: Leaf, vocabulary: Vocabulary, reading: Reading, *, over: int | None
) -> Window | None:
    """None where the leaf has none, or it was refused."""
    if "window" not in given:
        return None
    pointer = f"{leaf.pointer}/window"
    if leaf.op not in WINDOWED or leaf.type.type not in _AMOUNTS:
        advice = "only comparisons and amounts of change of number or money have a window: leave it out"
        reading.refuse(pointer, Code.UNKNOWN_KEY, advice)
        return None
    if leaf.field in vocabulary.without_history:
        reading.refuse(pointer, Code.OVER_EXCEEDS_HISTORY, _no_history(leaf.field))
        return None
    found = reading.members(given["window"], pointer, required=("fn", "of"))
    if "fn" not in found or "of" not in found:
        return None
    fn = reading.choice(found["fn"], f"{pointer}/fn", _FUNCTIONS, None)
    of = reading.attempt(partial(parse_duration, found["of"], leaf.type.type), f"{pointer}/of", None)
    if fn is None or of is None:
        return None
    if of.seconds + (over or 0) > MAX_WINDOW:
        where = f"{leaf.pointer}/over" if over is not None and of.seconds <= MAX_WINDOW else f"{pointer}/of"
        reading.refuse(where, Code.OVER_EXCEEDS_HISTORY, "a window begins at most 400 days ago: ask of fewer days")
    return Window(fn, of.seconds)


def parse_amount(raw: Json, leaf: Leaf) -> int:
    """Of an amount of change: in ten-thousandths of the field's unit, or of a percent. Raises ValueRefused."""
    of = _PERCENT if leaf.op in PERCENTAGES else leaf.type
    match of.parse(raw):
        case int() as amount if amount >= 0:
            return amount
        case _:
            raise ValueRefused("negative_amount", f"{leaf.op} says the direction: write an amount of 0 or more")


def _no_history(name: FieldName) -> str:
    return f"no history is kept of {name}: ask of what it is now"
