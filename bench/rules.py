"""What engines are given: a policy's conditions, or the fifty, as documents and as the validated tree of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from bench.accounts import CATALOGUE
from bench.alerts import ALERTS
from bench.policy import POLICY, Document
from shared.rules.condition import Condition
from shared.rules.parse import parse_condition
from shared.rules.reading import Reading
from shared.tiers import model
from shared.tiers.policy_document import parse_policy, vocabulary


@dataclass(frozen=True, slots=True)
class Rules:
    document: Any
    conditions: Sequence[Condition]

    @classmethod
    def policy(cls) -> Self:
        return cls(POLICY, [rule.when for rule in parse_policy(POLICY, model.FRESH, CATALOGUE).rules])

    @classmethod
    def alerts(cls) -> Self:
        return cls(ALERTS, parse_all(ALERTS))


def parse_all(documents: Sequence[Document]) -> list[Condition]:
    """The conditions that the documents say; raises DocumentRefused."""
    reading, words = Reading(), vocabulary(CATALOGUE)
    conditions = [parse_condition(document, words, reading, f"/{i}") for i, document in enumerate(documents)]
    reading.done()
    return conditions
