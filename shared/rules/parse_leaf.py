"""From a leaf's document to the leaf: its field, an operator that its type has, a value that fits both."""

from collections.abc import Mapping
from functools import partial

from shared.accounts.identity import FieldName
from shared.accounts.values import MAX_ITEMS, FieldType, Json, Value, ValueRefused, ValueType, parse_decimal
from shared.rules.condition import Duration, Leaf, Operator, Reference, Relative
from shared.rules.errors import Code
from shared.rules.parse_history import keeps_history, parse_amount, parse_over, parse_window
from shared.rules.parse_time import ALSO, parse_duration, parse_relative, parse_span
from shared.rules.reading import Reading
from shared.rules.vocabulary import (
    LISTS,
    MEMBERSHIP,
    MOVES,
    OF_EVERY_TYPE,
    OPERATORS,
    ORDER,
    PERCENTAGES,
    SIZES,
    SPANS,
    WITHOUT_VALUE,
    Vocabulary,
    kind,
    operators,
)

MAX_MEMBERS = 1_000
"""Values of one `in` or `not_in`."""

_OPERATORS = {op.value: op for op in Operator}
_NUMBER = ValueType(FieldType.NUMBER)
_AMOUNTS = (FieldType.NUMBER, FieldType.MONEY)
_COMPARED_WITH_FIELDS = (*_AMOUNTS, FieldType.DATE, FieldType.TIMESTAMP)


def parse_leaf(document: Mapping[str, Json], vocabulary: Vocabulary, reading: Reading, pointer: str) -> Leaf | None:
    """The leaf; None where anything of it was refused in `reading`."""
    before = reading.refusals
    given = reading.members(document, pointer, required=("field", "op"), optional=("value", "over", "window"))
    name = readable(given["field"], vocabulary, reading, f"{pointer}/field") if "field" in given else None
    of = vocabulary.types[name] if name is not None else None
    op = _operator(given["op"], name, vocabulary, reading, f"{pointer}/op") if "op" in given else None
    if name is None or of is None or op is None:
        return None
    leaf = Leaf(name, of, op, None, pointer)
    value, over = _value(given, leaf, vocabulary, reading), parse_over(given, leaf, reading)
    window = parse_window(given, leaf, vocabulary, reading, over=over)
    return Leaf(name, of, op, value, pointer, over, window) if reading.refusals == before else None


def readable(raw: Json, vocabulary: Vocabulary, reading: Reading, pointer: str) -> FieldName | None:
    """The field of the vocabulary that `raw` names; None where it was refused."""
    if not isinstance(raw, str):
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write a field's name")
    elif raw in vocabulary.barred:
        reading.refuse(pointer, Code.READS_ITSELF, f"{raw} follows from the tier rules: they can't read it")
    elif raw in vocabulary.scores and raw not in vocabulary.types:
        reading.refuse(pointer, Code.READS_ITSELF, f"{raw} is a score: no score reads one, ask for what it asks for")
    elif raw not in vocabulary.types:
        reading.refuse(
            pointer, Code.UNKNOWN_FIELD, f"there is no field {raw[:100]!r}: correct the name or add the field"
        )
    else:
        return FieldName(raw)
    return None


def _operator(
    raw: Json, name: FieldName | None, vocabulary: Vocabulary, reading: Reading, pointer: str
) -> Operator | None:
    op = _OPERATORS.get(raw) if isinstance(raw, str) else None
    if name is None:
        if op is None:
            reading.refuse(pointer, Code.UNKNOWN_OPERATOR, "write an operator of the field's type")
        return None
    of = vocabulary.types[name]
    advice = f"{name} is {kind(of)}: use {operators(of, history=name not in vocabulary.without_history)}"
    if op is None:
        reading.refuse(pointer, Code.UNKNOWN_OPERATOR, advice)
    elif op not in OF_EVERY_TYPE and op not in OPERATORS[of.type]:
        reading.refuse(pointer, Code.OPERATOR_NOT_FOR_TYPE, advice)
    elif keeps_history(name, op, vocabulary, reading, pointer):
        return op
    return None


def _value(
    given: Mapping[str, Json], leaf: Leaf, vocabulary: Vocabulary, reading: Reading
) -> Value | frozenset[str] | Reference | Relative | Duration | None:
    pointer = f"{leaf.pointer}/value"
    if leaf.op in WITHOUT_VALUE:
        if "value" in given:
            reading.refuse(pointer, Code.UNKNOWN_KEY, f"{leaf.op} compares with nothing: leave value out")
        return None
    if "value" not in given:
        reading.refuse(pointer, Code.MISSING_KEY, f"{leaf.op} needs a value to compare {leaf.field} with")
        return None
    raw = given["value"]
    if isinstance(raw, Mapping) and leaf.op in ORDER and leaf.type.type in _COMPARED_WITH_FIELDS:
        return _reference(raw, leaf, vocabulary, reading, pointer)
    if leaf.op in MEMBERSHIP:
        return _members(raw, leaf, reading, pointer)
    return reading.attempt(partial(_constant, raw, leaf), pointer, None)


def _constant(raw: Json, leaf: Leaf) -> Value | frozenset[str] | Relative | Duration:
    if raw is None:
        raise ValueRefused("value_not_for_type", "null is no value: use missing or present")
    if leaf.op in SIZES:
        return _size(raw)
    try:
        if leaf.op in SPANS:
            return parse_span(raw, leaf.type.type)
        if leaf.op is Operator.SAME_FOR:
            return parse_duration(raw, leaf.type.type)
        if leaf.op in MOVES:
            return parse_amount(raw, leaf)
        value = (parse_relative(raw, leaf.type.type) if leaf.op in ORDER else None) or leaf.type.parse(raw)
    except ValueRefused as refused:
        also = ALSO.get(leaf.type.type, "") if leaf.op in ORDER and refused.code == "value_not_for_type" else ""
        asked = f"{leaf.op} takes a percentage" if leaf.op in PERCENTAGES else f"{leaf.field} is {kind(leaf.type)}"
        raise ValueRefused(refused.code, f"{asked}: {refused}{also}") from refused
    return frozenset(value) if leaf.op in LISTS and isinstance(value, tuple) else value


def _size(raw: Json) -> int:
    size = parse_decimal(raw)
    if size < 0:
        raise ValueRefused("negative_amount", "a list's size is 0 or more")
    if size != size.to_integral_value():
        raise ValueRefused("value_not_for_type", f"a list's size is a whole number, at most {MAX_ITEMS}")
    return int(size)


def _members(raw: Json, leaf: Leaf, reading: Reading, pointer: str) -> frozenset[str] | None:
    if not isinstance(raw, list) or not raw:
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, f"{leaf.op} takes an array of 1 to {MAX_MEMBERS} strings")
        return None
    members = [
        reading.attempt(partial(_constant, item, leaf), where, None)
        for where, item in reading.items(raw, pointer, at_most=MAX_MEMBERS)
    ]
    return frozenset(member for member in members if isinstance(member, str))


def _reference(
    raw: Mapping[str, Json], leaf: Leaf, vocabulary: Vocabulary, reading: Reading, pointer: str
) -> Reference | None:
    optional = ("times",) if leaf.type.type in _AMOUNTS else ()
    given = reading.members(raw, pointer, required=("field",), optional=optional)
    times = reading.attempt(partial(_NUMBER.parse, given.get("times", 1)), f"{pointer}/times", 0)
    if "field" not in given:
        return None
    name = readable(given["field"], vocabulary, reading, f"{pointer}/field")
    if name is None:
        return None
    of = vocabulary.types[name]
    if of.type is not leaf.type.type:
        advice = f"{leaf.field} is {kind(leaf.type)} and {name} is {kind(of)}: compare fields of one type"
        reading.refuse(f"{pointer}/field", Code.VALUE_NOT_FOR_TYPE, advice)
    return Reference(name, times) if isinstance(times, int) else None
