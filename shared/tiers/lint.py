"""Lint of a policy: what is valid and yet hardly meant, as warnings that stop nobody."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import reduce
from itertools import combinations

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.accounts.values import SCALE, FieldType, ValueType
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not
from shared.rules.ranges import FAR
from shared.rules.trace import PLACES, exact_text, leaves
from shared.rules.vocabulary import PRESENCE
from shared.tiers.lint_sets import Interval, Reach, ValueSet, reach
from shared.tiers.policy import Policy
from shared.tiers.rulebook import Rulebook

MAX_LADDERS = 10
"""Numbers that are looked at: those that most rules read."""

MAX_ASKED = 100_000
"""Comparisons that negations are looked through for: of a policy with more not all of them are."""

NO_NUMBER = FieldName("")
"""Looked at beside them: what holds, or fails, whatever the values."""

type Warned = dict[str, str]
"""`pointer`, `code` and `message`; codes: `unreachable`, `gap`, `overlap`, `negation_on_missing`."""


def lint(policy: Policy, rulebook: Rulebook) -> list[Warned]:
    """The warnings of a policy that is meant for `rulebook`, in the place of its own.

    What is warned of is so. Not everything that is so is found: only what follows from one number at a time.
    """
    catalogue = rulebook.catalogue
    ladders = {name: _ladder(policy, name, catalogue.types[name]) for name in _numbers(policy)}
    return [
        *_unreachable(policy, [*ladders.values(), [reach(rule.when, NO_NUMBER, 1) for rule in policy.rules]]),
        *(warned for name, ladder in ladders.items() for warned in _gaps(policy, ladder, catalogue, name)),
        *(warned for name, ladder in ladders.items() for warned in _overlaps(policy, ladder, catalogue, name)),
        *_negations(policy, catalogue),
    ]


def _numbers(policy: Policy) -> list[FieldName]:
    read = Counter(
        name
        for rule in policy.rules
        for name in {leaf.field for leaf in leaves(rule.when) if leaf.type.type in (FieldType.NUMBER, FieldType.MONEY)}
    )
    return sorted(sorted(read), key=lambda name: -read[name])[:MAX_LADDERS]


def _ladder(policy: Policy, name: FieldName, of: ValueType) -> Sequence[Reach]:
    step = 10 ** (PLACES - of.decimals)
    return [reach(rule.when, name, step) for rule in policy.rules]


def _unreachable(policy: Policy, ladders: Sequence[Sequence[Reach]]) -> Iterator[Warned]:
    never = {index for ladder in ladders for index, found in enumerate(ladder) if not found.maybe}
    taken = {*_repeated(policy), *(index for ladder in ladders for index in _taken(ladder))} - never
    for index, rule in enumerate(policy.rules):
        if index in never:
            yield _warned(f"/rules/{index}", "unreachable", f"rule {rule.id} contradicts itself: nothing matches it")
        elif index in taken:
            yield _warned(f"/rules/{index}", "unreachable", f"rule {rule.id} is never reached: earlier ones match")


def _taken(ladder: Sequence[Reach]) -> Iterator[int]:
    """The rules whose every value surely matches an earlier one."""
    earlier: ValueSet | None = None
    for index, found in enumerate(ladder):
        if earlier is not None and found.maybe.within(earlier):
            yield index
        earlier = found.surely if earlier is None else earlier.with_union(found.surely)


def _repeated(policy: Policy) -> Iterator[int]:
    """The rules that ask for all that an earlier one asks for, to the letter."""
    earlier: list[frozenset[Condition]] = []
    for index, rule in enumerate(policy.rules):
        asked = frozenset(_together(rule.when))
        if any(one <= asked for one in earlier):
            yield index
        earlier.append(asked)


def _together(condition: Condition) -> Iterator[Condition]:
    """What must all hold for the condition to hold, wherever it stands."""
    if isinstance(condition, All):
        for member in condition.members:
            yield from _together(member)
    else:
        yield _anywhere(condition)


def _anywhere(condition: Condition) -> Condition:
    match condition:
        case Leaf():
            return replace(condition, pointer="")
        case All(members):
            return All(tuple(map(_anywhere, members)))
        case Either(members):
            return Either(tuple(map(_anywhere, members)))
        case Not(member):
            return Not(_anywhere(member))
        case Always():
            return condition


def _gaps(policy: Policy, ladder: Sequence[Reach], catalogue: Catalogue, name: FieldName) -> Iterator[Warned]:
    """Between two steps of a ladder, beside which other rules may stand; below the lowest and above the highest it
    ends.
    """
    steps = [found.surely for found in ladder if found.exact]
    if policy.otherwise is not None or not steps:
        return
    union = reduce(ValueSet.with_union, steps)
    covered = reduce(ValueSet.with_union, (found.surely for found in ladder))
    alone = len(steps) == len(ladder)
    who = "and everyone else has no tier" if alone else "and whoever matches no other rule has no tier"
    what = "rule" if alone else "step"
    for low, high in union.complement().common(covered.complement()).intervals:
        if union.intervals and union.intervals[0][0] < low and high < union.intervals[-1][1]:
            where = _between((low, high), catalogue, name)
            yield _warned("/rules", "gap", f"no {what} matches where {where}, {who}")


def _overlaps(policy: Policy, ladder: Sequence[Reach], catalogue: Catalogue, name: FieldName) -> Iterator[Warned]:
    """Of two steps that share values though neither holds the other; one that holds an earlier is how ladders go."""
    alone = [(index, found.surely) for index, found in enumerate(ladder) if found.exact]
    for (first, one), (second, other) in combinations(alone, 2):
        shared = one.common(other)
        rules = policy.rules[first], policy.rules[second]
        if rules[0].tier == rules[1].tier or not shared.intervals or one.within(other) or other.within(one):
            continue
        where = _between(shared.intervals[0], catalogue, name)
        yield _warned(
            f"/rules/{second}/when", "overlap", f"rule {rules[0].id} matches first where {where}: draw the rules apart"
        )


def _between(interval: Interval, catalogue: Catalogue, name: FieldName) -> str:
    low, high = (exact_text(edge * SCALE, catalogue.types[name]) for edge in interval)
    label = catalogue.field(name).label
    if low == high:
        return f"{label} is {low}"
    if interval[0] == -FAR:
        return f"{label} is at most {high}"
    return f"{label} is at least {low}" if interval[1] == FAR else f"{label} is from {low} to {high}"


def _negations(policy: Policy, catalogue: Catalogue) -> Iterator[Warned]:
    left = MAX_ASKED
    for rule in policy.rules:
        free: dict[FieldName, bool] = {}
        for negation in _nots(rule.when):
            asked = _asked(negation, catalogue.scores)
            left -= len(asked) * _size(negation)
            if left < 0:
                return
            leaf = next((leaf for leaf in asked if _loose(leaf.field, negation, rule.when, free)), None)
            if leaf is not None:
                label = catalogue.field(leaf.field).label
                message = f"this not holds where {label} is missing: ask for present beside it, unless that is meant"
                yield _warned(leaf.pointer, "negation_on_missing", message)


def _asked(negation: Not, never_missing: AbstractSet[FieldName]) -> Sequence[Leaf]:
    """The negation's first leaf on each field that may be missing, but for those that ask for just that."""
    first: dict[FieldName, Leaf] = {}
    for leaf in leaves(negation.member):
        if leaf.field not in never_missing and leaf.op not in PRESENCE:
            first.setdefault(leaf.field, leaf)
    return list(first.values())


def _loose(name: FieldName, negation: Not, rule: Condition, free: dict[FieldName, bool]) -> bool:
    """Whether the field may be missing with negation and rule both true; `free` keeps what is so of the rule."""
    if name not in free:
        free[name] = reach(rule, name, 1).maybe.missing
    return free[name] and reach(negation, name, 1).maybe.missing


def _size(condition: Condition) -> int:
    return sum(1 for _ in leaves(condition))


def _nots(condition: Condition) -> Iterator[Not]:
    match condition:
        case Not(member):
            yield condition
            yield from _nots(member)
        case All(members) | Either(members):
            for member in members:
                yield from _nots(member)
        case _:
            pass


def _warned(pointer: str, code: str, message: str) -> Warned:
    return {"pointer": pointer, "code": code, "message": message}
