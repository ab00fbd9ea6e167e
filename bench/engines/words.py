"""Conditions in the words of an engine that reads text: a template for each operator, filled in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from shared.rules.condition import All, Always, Condition, Either, Leaf, Not, Operator
from shared.rules.vocabulary import ORDER


@dataclass(frozen=True, slots=True)
class Words:
    templates: Mapping[Operator, str]
    """`{f}` stands for the field, `{v}` for the value as JSON."""
    both: str
    either: str
    negation: str

    def of(self, condition: Condition) -> str:
        match condition:
            case Leaf():
                return self.templates[condition.op].format(f=condition.field, v=_literal(condition))
            case All(members):
                return f"({self.both.join(map(self.of, members))})"
            case Either(members):
                return f"({self.either.join(map(self.of, members))})"
            case Not(member):
                return self.negation.format(self.of(member))
            case Always():
                return "true"
            case _:
                assert_never(condition)


def ordered(template: str) -> dict[Operator, str]:
    """The template for each comparison of numbers, `{op}` in it being the operator."""
    return {op: template.replace("{op}", op.value) for op in ORDER if op not in (Operator.EQ, Operator.NE)}


def nested(conditions: Sequence[str], none: int) -> str:
    """`c0 ? 0 : c1 ? 1 : none`"""
    return "".join(f"{condition} ? {index} : " for index, condition in enumerate(conditions)) + str(none)


def listed(conditions: Sequence[str]) -> str:
    return f"[{', '.join(conditions)}]"


def _literal(leaf: Leaf) -> str:
    return json.dumps(sorted(leaf.value) if isinstance(leaf.value, frozenset) else leaf.value)
