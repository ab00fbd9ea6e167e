"""GoRules' Zen, an engine in Rust: one expression for all rules, which is its fastest form."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bench.accounts import Values
from bench.engines.engine import NONE, Ask, as_json
from bench.engines.words import Words, listed, nested, ordered
from bench.rules import Rules
from shared.rules.condition import Operator

WORDS = Words(
    {
        **ordered("({f} != null and {f} {op} {v})"),
        Operator.EQ: "{f} == {v}",
        Operator.IN: "{f} in {v}",
        Operator.CONTAINS: "({f} != null and contains({f}, {v}))",
        Operator.STARTS_WITH: "({f} != null and startsWith({f}, {v}))",
        Operator.HAS_ANY: "({f} != null and some({f}, # in {v}))",
        Operator.HAS_ALL: "({f} != null and all({v}, # in {f}))",
        Operator.SIZE_AT_LEAST: "({f} != null and len({f}) >= {v})",
        Operator.MISSING: "{f} == null",
    },
    both=" and ",
    either=" or ",
    negation="not({})",
)


@dataclass(frozen=True, slots=True)
class Zen:
    name: str = "zen-engine"
    imports: str = "zen"
    distribution: str | None = "zen-engine"
    remark: str = "a missing field raises: guarded"

    def written(self, rules: Rules) -> list[str]:
        return [WORDS.of(condition) for condition in rules.conditions]

    def first(self, written: Sequence[str]) -> Ask:
        return _compiled(nested(written, NONE))

    def every(self, written: Sequence[str]) -> Ask:
        return _compiled(listed(written))

    def given(self, values: Values) -> Any:
        return as_json(values)


@dataclass(frozen=True, slots=True)
class ZenText(Zen):
    name: str = "zen-engine, of JSON text"
    remark: str = "not reading Python values"

    def given(self, values: Values) -> Any:
        return json.dumps(as_json(values))


def _compiled(text: str) -> Ask:
    ask: Ask = import_module("zen").compile_expression(text).evaluate
    return ask
