"""From a condition's tree to one closure over an account's values: what decides in bulk."""

from collections.abc import Sequence
from typing import assert_never

from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not
from shared.rules.facts import Facts, Test
from shared.rules.ranges import Range, drawn_together


def compile_condition(condition: Condition) -> Test:
    """The condition as a test of facts, where a value that is absent is missing.

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
            return lambda facts: not test(facts)
        case Always():
            return lambda _: True
        case _:
            assert_never(condition)


def _within(ranges: Sequence[Range], tests: Sequence[Test]) -> Test:
    """The ranges come first: they are the cheapest to refute, and the order of pure tests changes nothing."""
    match ranges:
        case []:
            return _all(tests)
        case [Range(field, low, high)] if not tests:
            return lambda facts: type(value := facts.values.get(field)) is int and low <= value <= high
        case [Range(field, low, high), *more]:
            rest = _all([*(_within([other], ()) for other in more), *tests])
            return lambda facts: type(value := facts.values.get(field)) is int and low <= value <= high and rest(facts)
        case _:
            raise AssertionError("a sequence is empty or has a first")


def _all(tests: Sequence[Test]) -> Test:
    match tests:
        case [only]:
            return only
        case [first, second]:
            return lambda facts: first(facts) and second(facts)
        case [first, second, third]:
            return lambda facts: first(facts) and second(facts) and third(facts)

    def every(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - all() over a generator takes twice as long
            if not test(facts):
                return False
        return True

    return every


def _any(tests: Sequence[Test]) -> Test:
    match tests:
        case [only]:
            return only
        case [first, second]:
            return lambda facts: first(facts) or second(facts)
        case [first, second, third]:
            return lambda facts: first(facts) or second(facts) or third(facts)

    def some(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - any() over a generator takes twice as long
            if test(facts):
                return True
        return False

    return some
