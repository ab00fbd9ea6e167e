import pytest

from bench.deciding import PEERS
from bench.engines.engine import NONE, Engine
from bench.engines.json_logic import logic
from bench.engines.words import listed, nested
from bench.engines.zen import WORDS
from bench.policy import every, on
from bench.rules import Rules, parse_all

[LARGE] = parse_all([every(on("mrr", ">=", 5000), on("plan", "=", "pro"))])


def test_text_guards_a_comparison_against_a_missing_field() -> None:
    assert WORDS.of(LARGE) == '((mrr != null and mrr >= 50000000) and plan == "pro")'


def test_logic_guards_a_comparison_against_a_missing_field() -> None:
    mrr, plan = {"var": "mrr"}, {"var": "plan"}

    assert logic(LARGE) == {"and": [{"and": [{"!==": [mrr, None]}, {">=": [mrr, 50_000_000]}]}, {"===": [plan, "pro"]}]}


def test_a_policy_is_one_nested_choice_and_conditions_one_list() -> None:
    assert nested(["a", "b"], NONE) == "a ? 0 : b ? 1 : -1"
    assert listed(["a", "b"]) == "[a, b]"


@pytest.mark.parametrize("engine", PEERS, ids=lambda engine: engine.name)
@pytest.mark.parametrize("rules", [Rules.policy(), Rules.alerts()], ids=["policy", "alerts"])
def test_each_engine_has_words_for_each_condition(engine: Engine, rules: Rules) -> None:
    assert len(engine.written(rules)) == len(rules.conditions)
