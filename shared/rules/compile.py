"""From a condition's tree to one closure over an account's values: what decides in bulk."""

from collections.abc import Sequence
from typing import assert_never

from shared.rules.compile_leaf import Test, Values, compile_leaf
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not
from shared.rules.moment import Moment
from shared.rules.ranges import Range, drawn_together


def compile_condition(condition: Condition) -> Test:
    """The condition as a test of values by field, where an absent one is missing, at a moment.

    A value that is no longer of its field's type counts as missing: nothing a test is given makes it raise.
    """
    match condition:
        case Leaf():
            return compile_leaf(condition)
        case All(members):
            ranges, others = drawn_together(members)
            return _within(ranges, [compile_condition(member) for member in others])
        case Either(members):
            return _any([compile_condition(member) for member in members])
        case Not(member):
            test = compile_condition(member)
            return lambda values, at: not test(values, at)
        case Always():
            return lambda _, __: True
        case _:
            assert_never(condition)


def _within(ranges: Sequence[Range], tests: Sequence[Test]) -> Test:
    """The ranges come first: they are the cheapest to refute, and the order of pure tests changes nothing."""
    match ranges:
        case []:
            return _all(tests)
        case [Range(field, low, high)] if not tests:
            return lambda values, _: type(value := values.get(field)) is int and low <= value <= high
        case [Range(field, low, high), *more]:
            rest = _all([*(_within([other], ()) for other in more), *tests])
            return lambda values, at: (
                type(value := values.get(field)) is int and low <= value <= high and rest(values, at)
            )
        case _:
            raise AssertionError("a sequence is empty or has a first")


def _all(tests: Sequence[Test]) -> Test:
    match tests:
        case [only]:
            return only
        case [first, second]:
            return lambda values, at: first(values, at) and second(values, at)
        case [first, second, third]:
            return lambda values, at: first(values, at) and second(values, at) and third(values, at)

    def every(values: Values, at: Moment) -> bool:
        for test in tests:  # noqa: SIM110 - all() over a generator takes twice as long
            if not test(values, at):
                return False
        return True

    return every


def _any(tests: Sequence[Test]) -> Test:
    match tests:
        case [only]:
            return only
        case [first, second]:
            return lambda values, at: first(values, at) or second(values, at)
        case [first, second, third]:
            return lambda values, at: first(values, at) or second(values, at) or third(values, at)

    def some(values: Values, at: Moment) -> bool:
        for test in tests:  # noqa: SIM110 - any() over a generator takes twice as long
            if test(values, at):
                return True
        return False

    return some
