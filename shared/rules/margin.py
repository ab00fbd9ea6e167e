"""A condition with its thresholds eased by a margin: what an account that has a tier must meet to keep it."""

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from shared.accounts.values import FieldType
from shared.rules.condition import MILLION, All, Always, Condition, Either, Leaf, Not, Operator, Reference

_LOWER = (Operator.GT, Operator.GE)
_UPPER = (Operator.LT, Operator.LE)
_AMOUNTS = (FieldType.NUMBER, FieldType.MONEY)


def eased(condition: Condition, margin: int) -> Condition:
    """`condition` with each threshold t of `>` and `>=` on number or money as t - margin·|t|, of `<` and `<=` as
    t + margin·|t|, the other way round under an odd number of `not`s; `margin` in millionths. All other leaves stay.
    """
    match condition:
        case Leaf():
            return _eased(condition, margin)
        case All(members):
            return All(tuple(eased(member, margin) for member in members))
        case Either(members):
            return Either(tuple(eased(member, margin) for member in members))
        case Not(member):
            return Not(eased(member, -margin))
        case Always():
            return condition


def _eased(leaf: Leaf, margin: int) -> Leaf:
    if leaf.type.type not in _AMOUNTS or leaf.op not in (*_LOWER, *_UPPER):
        return leaf
    shift = -margin if leaf.op in _LOWER else margin
    match leaf.value:
        case Reference() as reference:
            return replace(leaf, value=replace(reference, margin=shift))
        case int() as threshold:
            exact = threshold + Fraction(abs(threshold) * shift, MILLION)
            return replace(leaf, value=_whole(exact, leaf.op) if leaf.window is None else exact)
        case _:
            return leaf


def _whole(threshold: Fraction, op: Operator) -> int:
    """The whole number that whole values compare with as they do with `threshold`."""
    return ceil(threshold) if op in (Operator.GE, Operator.LT) else floor(threshold)
