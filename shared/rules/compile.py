"""From a condition's tree to one closure over an account's values: what answers for a condition by itself."""

from collections.abc import Sequence
from typing import assert_never

from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not
from shared.rules.facts import Facts, Test


def compile_condition(condition: Condition) -> Test:
    """The condition as a test of facts, where a value that is absent is missing.

    A value that is no longer of its field's type counts as missing: nothing a test is given makes it raise.
    """
    match condition:
        case Leaf():
            return compile_leaf(condition)
        case All(members):
            return _all([compile_condition(member) for member in members])
        case Either(members):
            return _any([compile_condition(member) for member in members])
        case Not(member):
            test = compile_condition(member)
            return lambda facts: not test(facts)
        case Always():
            return lambda _: True
        case _:
            assert_never(condition)


def _all(tests: Sequence[Test]) -> Test:
    def every(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - all() over a generator takes twice as long
            if not test(facts):
                return False
        return True

    return every


def _any(tests: Sequence[Test]) -> Test:
    def some(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - any() over a generator takes twice as long
            if test(facts):
                return True
        return False

    return some
