"""JSON Logic as datalogic-py decides by it, an engine in Rust: one tree for all rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, assert_never

from bench.accounts import Values
from bench.engines.engine import NONE, Ask, as_json
from bench.rules import Rules
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not, Operator

type Logic = Any


def logic(condition: Condition) -> Logic:
    match condition:
        case Leaf():
            return _LEAVES.get(condition.op, _ordered)(condition)
        case All(members):
            return {"and": [logic(member) for member in members]}
        case Either(members):
            return {"or": [logic(member) for member in members]}
        case Not(member):
            return {"!": [logic(member)]}
        case Always():
            return True
        case _:
            assert_never(condition)


def _read(leaf: Leaf) -> Logic:
    return {"var": leaf.field}


def _known(leaf: Leaf, test: Logic) -> Logic:
    return {"and": [{"!==": [_read(leaf), None]}, test]}


def _ordered(leaf: Leaf) -> Logic:
    return _known(leaf, {leaf.op.value: [_read(leaf), leaf.value]})


def _members(leaf: Leaf) -> list[str]:
    return sorted(leaf.value) if isinstance(leaf.value, frozenset) else []


def _begins(leaf: Leaf) -> Logic:
    text = str(leaf.value)
    return {"===": [{"substr": [_read(leaf), 0, len(text)]}, text]}


_LEAVES: Mapping[Operator, Callable[[Leaf], Logic]] = {
    Operator.EQ: lambda leaf: {"===": [_read(leaf), leaf.value]},
    Operator.IN: lambda leaf: {"in": [_read(leaf), _members(leaf)]},
    Operator.CONTAINS: lambda leaf: {"in": [leaf.value, _read(leaf)]},
    Operator.STARTS_WITH: _begins,
    Operator.HAS_ANY: lambda leaf: {"or": [{"in": [member, _read(leaf)]} for member in _members(leaf)]},
    Operator.HAS_ALL: lambda leaf: {"and": [{"in": [member, _read(leaf)]} for member in _members(leaf)]},
    Operator.SIZE_AT_LEAST: lambda leaf: _known(leaf, {">=": [{"length": [_read(leaf)]}, leaf.value]}),
    Operator.MISSING: lambda leaf: {"===": [_read(leaf), None]},
}


def nested(conditions: Sequence[Logic]) -> Logic:
    return {"if": [*(part for index, condition in enumerate(conditions) for part in (condition, index)), NONE]}


@dataclass(frozen=True, slots=True)
class Datalogic:
    name: str = "datalogic-py"
    imports: str = "datalogic_py"
    distribution: str | None = "datalogic-py"
    remark: str = "a missing field is 0: guarded"

    def written(self, rules: Rules) -> list[Logic]:
        return [logic(condition) for condition in rules.conditions]

    def first(self, written: Sequence[Logic]) -> Ask:
        return self._compiled(nested(written))

    def every(self, written: Sequence[Logic]) -> Ask:
        return self._compiled(list(written))

    def given(self, values: Values) -> Any:
        return as_json(values)

    def _compiled(self, tree: Logic) -> Ask:
        engine: Any = import_module("datalogic_py").Engine()
        ask: Ask = partial(engine.session().evaluate, engine.compile(tree))
        return ask


@dataclass(frozen=True, slots=True)
class DatalogicParsed(Datalogic):
    name: str = "datalogic-py, parsed before"
    remark: str = "not reading Python values"

    def given(self, values: Values) -> Any:
        return import_module("datalogic_py").DataHandle(as_json(values))

    def _compiled(self, tree: Logic) -> Ask:
        engine: Any = import_module("datalogic_py").Engine()
        ask: Ask = partial(engine.session().evaluate_data, engine.compile(tree))
        return ask
