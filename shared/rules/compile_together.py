"""From many conditions to one function over an account's values: what decides in bulk.

It reads each value once, and evaluates no more of a condition than its result hangs on.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType

from shared.rules.compile_expression import Expressions
from shared.rules.condition import Condition
from shared.rules.facts import Facts, Test
from shared.rules.syntax import constant, function_code

type FirstMatch = Callable[[Facts], int | None]
"""The index of the first condition that holds; None where none does."""

type Each = Callable[[Facts], list[bool]]
"""Whether each of several conditions holds."""

_NAMES = {kind.__name__: kind for kind in (type, int, str, tuple, bool)} | {"len": len, "__builtins__": {}}
"""All that a function can name, beside its own variables and closures of leaves."""


def compile_first_match(conditions: Sequence[Condition]) -> FirstMatch:
    """Tracebacks tell the condition by its line: 1 is the first."""
    expressions, body = Expressions(), list[ast.stmt]()
    for line, condition in enumerate(conditions, start=1):
        tried = ast.If(expressions.of(condition), [ast.Return(constant(line - 1))], [])
        for statement in (*expressions.taken(), tried):
            statement.lineno = statement.end_lineno = line
            body.append(statement)
    return _function("first_match", body or [ast.Pass()], expressions.closures)


def compile_each(conditions: Sequence[Condition]) -> Each:
    expressions = Expressions()
    tests = ast.List([expressions.of(condition) for condition in conditions], ast.Load())
    return _function("each", [*expressions.taken(), ast.Return(tests)], expressions.closures)


def _function(name: str, body: Sequence[ast.stmt], closures: Mapping[str, Test]) -> FunctionType:
    return FunctionType(function_code(name, body), {**_NAMES, **closures})
