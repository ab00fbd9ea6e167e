"""Which of many conditions holds first: what a policy's rules come down to for one account."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence

from shared.accounts.identity import FieldName
from shared.rules.compile import compile_condition
from shared.rules.condition import All, Condition
from shared.rules.facts import Facts, Test
from shared.rules.ranges import Range, drawn_together

type FirstMatch = Callable[[Facts], int | None]
"""The index of the first condition that holds; None where none does."""


def compile_first_match(conditions: Sequence[Condition]) -> FirstMatch:
    """Most policies are ladders: the value of one number says which few rules can hold at all, the others aren't
    tried.
    """
    tests = list(enumerate(compile_condition(condition) for condition in conditions))
    needed = [_needed(condition) for condition in conditions]
    ladder = Counter(field for ranges in needed for field in ranges).most_common(1)
    if not ladder or ladder[0][1] <= 1:
        return lambda facts: _first(tests, facts)
    return _by_number(ladder[0][0], [ranges.get(ladder[0][0]) for ranges in needed], tests)


def _needed(condition: Condition) -> dict[FieldName, Range]:
    """By field, the range outside of which the condition can't hold."""
    ranges, _ = drawn_together(condition.members if isinstance(condition, All) else (condition,))
    return {found.field: found for found in ranges}


def _by_number(field: FieldName, needed: Sequence[Range | None], tests: Sequence[tuple[int, Test]]) -> FirstMatch:
    bounds = [found for found in needed if found is not None]
    steps = sorted({bound for found in bounds for bound in (found.low, found.high + 1)})
    unbounded = [test for test, found in zip(tests, needed, strict=True) if found is None]
    from_step = [
        [test for test, found in zip(tests, needed, strict=True) if found is None or found.low <= step <= found.high]
        for step in steps
    ]
    between = [unbounded, *from_step]

    def first_match(facts: Facts) -> int | None:
        value = facts.values.get(field)
        return _first(between[bisect_right(steps, value)] if type(value) is int else unbounded, facts)

    return first_match


def _first(tests: Sequence[tuple[int, Test]], facts: Facts) -> int | None:
    for index, test in tests:
        if test(facts):
            return index
    return None
