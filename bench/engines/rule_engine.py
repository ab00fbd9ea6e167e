"""rule-engine, in Python: its chain of rules, made for the first that matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bench.accounts import Values
from bench.engines.engine import NONE, Ask, as_json
from bench.engines.words import Words, listed, ordered
from bench.rules import Rules
from shared.rules.condition import Operator

WORDS = Words(
    {
        **ordered("({f} != null and {f} {op} {v})"),
        Operator.EQ: "{f} == {v}",
        Operator.IN: "{f} in {v}",
        Operator.CONTAINS: "({f} != null and {v} in {f})",
        Operator.STARTS_WITH: "({f} != null and {f}.starts_with({v}))",
        Operator.HAS_ANY: "({f} != null and $any([p in {f} for p in {v}]))",
        Operator.HAS_ALL: "({f} != null and $all([p in {f} for p in {v}]))",
        Operator.SIZE_AT_LEAST: "({f} != null and {f}.length >= {v})",
        Operator.MISSING: "{f} == null",
    },
    both=" and ",
    either=" or ",
    negation="not ({})",
)


@dataclass(frozen=True, slots=True)
class RuleEngine:
    name: str = "rule-engine"
    imports: str = "rule_engine"
    distribution: str | None = "rule-engine"
    remark: str = "a missing field raises: guarded"

    def written(self, rules: Rules) -> list[str]:
        return [WORDS.of(condition) for condition in rules.conditions]

    def first(self, written: Sequence[str]) -> Ask:
        rule_engine: Any = import_module("rule_engine")
        rules = [(text, index) for index, text in enumerate(written)]
        context = rule_engine.Context(default_value=None)
        ask: Ask = rule_engine.Chain(rules, default_value=NONE, context=context).evaluate
        return ask

    def every(self, written: Sequence[str]) -> Ask:
        rule_engine: Any = import_module("rule_engine")
        ask: Ask = rule_engine.Rule(listed(written), context=rule_engine.Context(default_value=None)).evaluate
        return ask

    def given(self, values: Values) -> Any:
        return as_json(values)
