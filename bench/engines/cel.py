"""Google's Common Expression Language twice: an engine in Rust, and one in Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bench.accounts import CATALOGUE, Values
from bench.engines.engine import NONE, Ask, as_json
from bench.engines.words import Words, listed, nested, ordered
from bench.rules import Rules
from shared.rules.condition import Operator


def _words(known: str, field: str) -> Words:
    """`known` is how one asks whether the field has a value, `field` how one reads it."""
    templates: Mapping[Operator, str] = {
        **ordered("(KNOWN && FIELD {op} {v})"),
        Operator.EQ: "(KNOWN && FIELD == {v})",
        Operator.IN: "(KNOWN && FIELD in {v})",
        Operator.CONTAINS: "(KNOWN && FIELD.contains({v}))",
        Operator.STARTS_WITH: "(KNOWN && FIELD.startsWith({v}))",
        Operator.HAS_ANY: "(KNOWN && FIELD.exists(p, p in {v}))",
        Operator.HAS_ALL: "(KNOWN && {v}.all(p, p in FIELD))",
        Operator.SIZE_AT_LEAST: "(KNOWN && size(FIELD) >= {v})",
        Operator.MISSING: "!(KNOWN)",
    }
    filled = {op: text.replace("KNOWN", known).replace("FIELD", field) for op, text in templates.items()}
    return Words(filled, both=" && ", either=" || ", negation="!({})")


@dataclass(frozen=True, slots=True)
class CelInRust:
    name: str = "common-expression-language"
    imports: str = "cel"
    distribution: str | None = "common-expression-language"
    remark: str = "a missing field raises: given as null"

    def written(self, rules: Rules) -> list[str]:
        words = _words(known="{f} != null", field="{f}")
        return [words.of(condition) for condition in rules.conditions]

    def first(self, written: Sequence[str]) -> Ask:
        return self._compiled(nested(written, NONE))

    def every(self, written: Sequence[str]) -> Ask:
        return self._compiled(listed(written))

    def given(self, values: Values) -> Any:
        return {**dict.fromkeys(CATALOGUE.fields), **as_json(values)}

    def _compiled(self, text: str) -> Ask:
        ask: Ask = import_module("cel").compile(text).execute
        return ask


@dataclass(frozen=True, slots=True)
class CelInPython:
    name: str = "cel-python"
    imports: str = "celpy"
    distribution: str | None = "cel-python"
    remark: str = "converting values is timed"

    def written(self, rules: Rules) -> list[str]:
        words = _words(known="'{f}' in a", field="a.{f}")
        return [words.of(condition) for condition in rules.conditions]

    def first(self, written: Sequence[str]) -> Ask:
        return self._compiled(nested(written, NONE))

    def every(self, written: Sequence[str]) -> Ask:
        return self._compiled(listed(written))

    def given(self, values: Values) -> Any:
        return as_json(values)

    def _compiled(self, text: str) -> Ask:
        celpy: Any = import_module("celpy")
        environment = celpy.Environment(runner_class=celpy.CompiledRunner)
        program, convert = environment.program(environment.compile(text)), celpy.json_to_cel
        return lambda account: program.evaluate({"a": convert(account)})
