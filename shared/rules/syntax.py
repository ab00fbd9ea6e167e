"""Expressions of Python as nodes of its syntax tree: never text, so that nothing in them can read as anything else."""

import ast
from collections.abc import Sequence
from types import CodeType

from shared.accounts.values import Value

AND, NOT, AT_MOST, LOAD = ast.And(), ast.Not(), ast.LtE(), ast.Load()
type Constant = Value | frozenset[str] | None


def named(name: str) -> ast.expr:
    return ast.Name(name, LOAD)


def constant(value: Constant) -> ast.expr:
    """`value` itself: it stands in the function as the object that it is."""
    return ast.Constant(value)  # type: ignore[arg-type]  # the compiler takes frozen sets too


def compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [op], [right])


def between(low: ast.expr, value: ast.expr, high: ast.expr) -> ast.expr:
    """`low <= value <= high`"""
    return ast.Compare(low, [AT_MOST, AT_MOST], [value, high])


def joined(op: ast.boolop, tests: Sequence[ast.expr]) -> ast.expr:
    return tests[0] if len(tests) == 1 else ast.BoolOp(op, list(tests))


def both(*tests: ast.expr) -> ast.expr:
    return joined(AND, tests)


def negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(NOT, test)


def product(value: ast.expr, times: int) -> ast.expr:
    return ast.BinOp(value, ast.Mult(), constant(times))


def difference(value: ast.expr, other: ast.expr) -> ast.expr:
    return ast.BinOp(value, ast.Sub(), other)


def called(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    return ast.Call(function, list(arguments), [])


def attribute(of: ast.expr, name: str) -> ast.expr:
    return ast.Attribute(of, name, LOAD)


def assigned(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def function_code(name: str, body: Sequence[ast.stmt]) -> CodeType:
    """Of a function of `facts`, which has not run; tracebacks name it, and say where it stands, by `name`."""
    given = ast.arguments([], [ast.arg("facts")], None, [], [], None, [])
    function = ast.FunctionDef(name, given, list(body), [], None, None, [], lineno=1, col_offset=0)
    module = compile(ast.fix_missing_locations(ast.Module([function], [])), f"<{name}>", "exec")
    return next(code for code in module.co_consts if isinstance(code, CodeType))
