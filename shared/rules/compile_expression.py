"""From a condition to one expression over what is read of an account once, for all conditions of a function."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, FieldType
from shared.rules.compile_leaf import KEPT_AS, accepted, answer, compile_leaf
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not, Operator, Reference
from shared.rules.distances import Distances, distances
from shared.rules.facts import Test
from shared.rules.syntax import (
    assigned,
    attribute,
    between,
    both,
    called,
    compared,
    constant,
    difference,
    joined,
    named,
    negated,
    product,
)
from shared.rules.vocabulary import HISTORY, PRESENCE

_ORDER: Mapping[Operator, type[ast.cmpop]] = {
    Operator.EQ: ast.Eq,
    Operator.NE: ast.NotEq,
    Operator.GT: ast.Gt,
    Operator.GE: ast.GtE,
    Operator.LT: ast.Lt,
    Operator.LE: ast.LtE,
}


@dataclass(slots=True)
class Expressions:
    """Of the conditions of one function."""

    closures: dict[str, Test] = field(default_factory=dict, init=False)
    """What the expressions call, by name: leaves that are rare."""
    _reads: list[ast.stmt] = field(default_factory=list, init=False)
    _variables: dict[tuple[str, ...], str] = field(default_factory=dict, init=False)
    """By what they hold."""

    def of(self, condition: Condition) -> ast.expr:
        """Whether the condition holds: what `compile_condition` answers."""
        match condition:
            case Leaf():
                return self._presence(condition) if condition.op in PRESENCE else self._leaf(condition)
            case All(members):
                return joined(ast.And(), [self.of(member) for member in members])
            case Either(members):
                return joined(ast.Or(), [self.of(member) for member in members])
            case Not(member):
                return negated(self.of(member))
            case Always():
                return constant(True)
            case _:
                assert_never(condition)

    def taken(self) -> list[ast.stmt]:
        """What must run before the expressions that were made since the last time that this was asked."""
        reads, self._reads = self._reads, []
        return reads

    def _leaf(self, leaf: Leaf) -> ast.expr:
        if leaf.op in HISTORY or leaf.window is not None:
            return self._called(leaf)
        asked = distances(leaf)
        if asked is not None:
            return self._distance(leaf, asked)
        match leaf.type.type, leaf.value:
            case (_, Reference(margin=0) as reference):
                return self._referring(leaf, reference)
            case ((FieldType.NUMBER | FieldType.MONEY | FieldType.DATE | FieldType.TIMESTAMP), int() as bound):
                return self._of_type(leaf, compared(self._value(leaf.field), _ORDER[leaf.op](), constant(bound)))
            case FieldType.BOOLEAN, bool() as wanted:
                return compared(self._value(leaf.field), ast.Is(), constant(answer(leaf, wanted=wanted)))
            case FieldType.ENUM, (str() | frozenset()) as wanted:
                return compared(self._value(leaf.field), ast.In(), constant(accepted(leaf, wanted)))
            case FieldType.STRING, (str() | frozenset()) as wanted:
                return self._text(leaf, constant(wanted))
            case FieldType.LIST, (int() | frozenset()) as wanted:
                return self._of_type(leaf, self._list(leaf, constant(wanted)))
            case _:
                return self._called(leaf)

    def _presence(self, leaf: Leaf) -> ast.expr:
        """Asked of the true values, as `compile_leaf` says."""
        values, true_values = self._values(), attribute(named("facts"), "true_values")
        no_others = compared(true_values, ast.Is(), constant(None))
        true = self._once(ast.IfExp(no_others, values, true_values), "true")
        value = self._once(called(attribute(true, "get"), constant(leaf.field)), "true_value", leaf.field)
        present = leaf.op is Operator.PRESENT
        if leaf.type.type is FieldType.ENUM:
            return compared(value, ast.In() if present else ast.NotIn(), constant(frozenset(leaf.type.options)))
        kind, type_of = named(KEPT_AS[leaf.type.type].__name__), called(named("type"), value)
        return compared(type_of, ast.Is() if present else ast.IsNot(), kind)

    def _distance(self, leaf: Leaf, asked: Distances) -> ast.expr:
        moment = "today" if asked.of_date else "seconds"
        clock = self._once(attribute(attribute(named("facts"), "at"), moment), moment)
        distance = difference(self._value(leaf.field), clock)
        within = between(constant(asked.low), distance, constant(asked.high))
        return self._of_type(leaf, negated(within) if leaf.op is Operator.NE else within)

    def _referring(self, leaf: Leaf, reference: Reference) -> ast.expr:
        """Both sides times SCALE, as `compile_leaf` compares them."""
        left, right = self._value(leaf.field), self._value(reference.field)
        test = compared(product(left, SCALE), _ORDER[leaf.op](), product(right, reference.times))
        return both(self._kind(leaf.field, int), self._kind(reference.field, int), test)

    def _text(self, leaf: Leaf, wanted: ast.expr) -> ast.expr:
        value = self._value(leaf.field)
        match leaf.op:
            case Operator.EQ:
                return compared(value, ast.Eq(), wanted)
            case Operator.IN:
                return compared(value, ast.In(), wanted)
            case Operator.NE:
                return self._of_type(leaf, compared(value, ast.NotEq(), wanted))
            case Operator.NOT_IN:
                return self._of_type(leaf, compared(value, ast.NotIn(), wanted))
            case Operator.CONTAINS:
                return self._of_type(leaf, compared(wanted, ast.In(), value))
            case Operator.STARTS_WITH:
                return self._of_type(leaf, called(attribute(value, "startswith"), wanted))
            case Operator.ENDS_WITH:
                return self._of_type(leaf, called(attribute(value, "endswith"), wanted))
            case _:
                return self._called(leaf)

    def _list(self, leaf: Leaf, wanted: ast.expr) -> ast.expr:
        value = self._value(leaf.field)
        match leaf.op:
            case Operator.HAS_ANY:
                return negated(called(attribute(wanted, "isdisjoint"), value))
            case Operator.HAS_NONE:
                return called(attribute(wanted, "isdisjoint"), value)
            case Operator.HAS_ALL:
                return called(attribute(wanted, "issubset"), value)
            case Operator.SIZE_AT_LEAST:
                return compared(called(named("len"), value), ast.GtE(), wanted)
            case Operator.SIZE_AT_MOST:
                return compared(called(named("len"), value), ast.LtE(), wanted)
            case _:
                return self._called(leaf)

    def _of_type(self, leaf: Leaf, test: ast.expr) -> ast.expr:
        """False where the value is missing, or kept as another type has it."""
        return both(self._kind(leaf.field, KEPT_AS[leaf.type.type]), test)

    def _called(self, leaf: Leaf) -> ast.expr:
        name = f"leaf_{len(self.closures)}"
        self.closures[name] = compile_leaf(leaf)
        return called(named(name), named("facts"))

    def _kind(self, field_name: FieldName, kind: type) -> ast.expr:
        test = compared(called(named("type"), self._value(field_name)), ast.Is(), named(kind.__name__))
        return self._once(test, kind.__name__, field_name)

    def _value(self, field_name: FieldName) -> ast.expr:
        return self._once(called(attribute(self._values(), "get"), constant(field_name)), "value", field_name)

    def _values(self) -> ast.expr:
        return self._once(attribute(named("facts"), "values"), "values")

    def _once(self, value: ast.expr, *what: str) -> ast.expr:
        """The variable that has `value`, which `what` tells from others."""
        if what not in self._variables:
            self._variables[what] = f"{what[0]}_{len(self._variables)}"
            self._reads.append(assigned(self._variables[what], value))
        return named(self._variables[what])
