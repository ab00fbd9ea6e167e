"""Rules: the same ones on the same accounts, engine by engine, each held to our answers before it is timed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any

from bench.accounts import Values
from bench.engines.cel import CelInPython, CelInRust
from bench.engines.engine import NONE, Ask, Engine
from bench.engines.json_logic import Datalogic, DatalogicParsed
from bench.engines.ours import ByHand, Tierwright
from bench.engines.rule_engine import RuleEngine
from bench.engines.zen import Zen, ZenText
from bench.rules import Rules
from bench.timing import Work, Works, affordable, least_seconds

OURS = Tierwright()
HAND = ByHand()
PEERS: Sequence[Engine] = (
    Datalogic(),
    DatalogicParsed(),
    Zen(),
    ZenText(),
    CelInRust(),
    RuleEngine(),
    CelInPython(),
)
SECONDS = 0.3
"""Of one engine's turn: slow engines are given fewer accounts."""
TRIED = 20
"""Accounts that tell how many more there is time for."""
COMPARED = 2_000
"""Accounts on which answers are compared, or as many as are timed."""


class Disagreement(Exception):
    """An engine answers otherwise than ours: figures of it would say nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """One way to use an engine, and its answer in a form that compares."""

    rules: Rules
    compiler: Callable[[Engine], Callable[[Any], Ask]]
    plain: Callable[[Any], object]

    def asked(self, engine: Engine) -> Ask:
        return self.compiler(engine)(engine.written(self.rules))


def first_of(rules: Rules) -> Question:
    return Question(rules, lambda engine: engine.first, lambda answer: NONE if answer is None else int(answer))


def each_of(rules: Rules) -> Question:
    return Question(rules, lambda engine: engine.every, lambda answer: [bool(holds) for holds in answer])


@dataclass(frozen=True, slots=True)
class Figure:
    engine: Engine
    version: str
    micros: float
    """An account."""
    accounts: int
    compile_seconds: float


def works(question: Question, accounts: Sequence[Values], engines: Sequence[Engine]) -> Works:
    """By the engine's name, as many accounts as it has time for; raises Disagreement."""
    return {engine.name: _work(question, engine, accounts) for engine in engines}


def figures(question: Question, timed: Works, micros: Mapping[str, float], engines: Sequence[Engine]) -> list[Figure]:
    return [
        Figure(
            engine,
            "" if engine.distribution is None else version(engine.distribution),
            micros[engine.name],
            len(timed[engine.name].inputs),
            _compile_seconds(question, engine),
        )
        for engine in engines
    ]


def agree(question: Question, engine: Engine, accounts: Sequence[Values]) -> None:
    """Raises Disagreement at the first account of which the engine says something else than ours."""
    ask, ours = question.asked(engine), question.asked(OURS)
    for values in accounts:
        said, expected = question.plain(ask(engine.given(values))), question.plain(ours(values))
        if said != expected:
            raise Disagreement(f"{engine.name} says {said}, not {expected}, of {values}")


def _work(question: Question, engine: Engine, accounts: Sequence[Values]) -> Work:
    ask = question.asked(engine)
    trial = Work(ask, [engine.given(values) for values in accounts[:TRIED]])
    number = min(affordable(trial, SECONDS), len(accounts))
    agree(question, engine, accounts[: min(number, COMPARED)])
    return Work(ask, [engine.given(values) for values in accounts[:number]])


def _compile_seconds(question: Question, engine: Engine) -> float:
    import_module(engine.imports.partition(",")[0])
    compiler, written = question.compiler(engine), engine.written(question.rules)
    return least_seconds(lambda: compiler(written))
