"""The engine of this repository, and beside it the ifs of a programmer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bench import by_hand
from bench.accounts import CATALOGUE, NOW, Values
from bench.engines.engine import NONE, Ask
from bench.policy import Document
from bench.rules import Rules, parse_all
from shared.rules.compile_together import compile_each
from shared.rules.facts import Facts
from shared.rules.moment import Moment
from shared.tiers import model
from shared.tiers.policy_document import parse_policy
from shared.tiers.rulebook import Rulebook, compiled_rules

AT = Moment(NOW, ZoneInfo("UTC"))


def rulebook(document: Any) -> Rulebook:
    """Parsed, validated and compiled anew."""
    compiled_rules.cache_clear()
    book = Rulebook(parse_policy(document, model.FRESH, CATALOGUE), 1, model.FRESH, CATALOGUE)
    book.match(Facts({}, {}, AT))
    return book


@dataclass(frozen=True, slots=True)
class Tierwright:
    name: str = "Tierwright"
    imports: str = "shared.tiers.policy_document, shared.tiers.verdict"
    distribution: str | None = None
    remark: str = "compiling validates"

    def written(self, rules: Rules) -> Any:
        return rules.document

    def first(self, written: Any) -> Ask:
        match = rulebook(written).match
        return lambda values: match(Facts(values, {}, AT))

    def every(self, written: Sequence[Document]) -> Ask:
        each = compile_each(parse_all(written))
        return lambda values: each(Facts(values, {}, AT))

    def given(self, values: Values) -> Any:
        return values


@dataclass(frozen=True, slots=True)
class ByHand:
    name: str = "plain Python ifs"
    imports: str = "bench.by_hand"
    distribution: str | None = None
    remark: str = "one programmer's"

    def written(self, _: Rules) -> Any:
        return None

    def first(self, _: Any) -> Ask:
        return by_hand.first_rule

    def every(self, _: Any) -> Ask:
        return by_hand.alerts

    def given(self, values: Values) -> Any:
        return values


def index(answer: Any) -> int:
    """The answer as a number: engines give 3, 3.0 or None."""
    return NONE if answer is None else int(answer)
