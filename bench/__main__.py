"""`make bench`: measures, holds each engine's answers to ours, and prints the tables."""

import argparse
from collections.abc import Sequence

from rich.console import Console

from bench import deciding, decoding, tables
from bench.accounts import accounts_values
from bench.engines.engine import Engine
from bench.rules import Rules
from bench.timing import Works, import_seconds, least_micros, undisturbed

ACCOUNTS = 100_000
ITEMS = 5_000
WIDTH = 150
ENGINES: Sequence[Engine] = (deciding.HAND, deciding.OURS, *deciding.PEERS)
QUESTIONS = {
    "The first of 10 rules, per account": deciding.first_of(Rules.policy()),
    "50 conditions, per account": deciding.each_of(Rules.alerts()),
}
DECODING = "A raw item to an account"
STEPS = "From a raw item, on one core"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="The engine and its peers, side by side.")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help=f"at most so many ({ACCOUNTS:,})")
    number = parser.parse_args().accounts
    console = Console(width=max(WIDTH, Console().width), highlight=False)
    console.print(tables.machine(), style="dim")
    with console.status("imports …"):
        imports = {engine.imports: import_seconds(engine.imports) for engine in (deciding.OURS, *deciding.PEERS)}
    with console.status("accounts, items, answers …"):
        subjects = _subjects(number)
    with console.status("rounds …"), undisturbed():
        micros = least_micros(subjects)
    for title, question in QUESTIONS.items():
        figures = deciding.figures(question, subjects[title], micros[title], ENGINES)
        console.print(tables.deciding(title, figures, imports), "")
    console.print(tables.decoding(DECODING, micros[DECODING], decoding.OURS), "")
    console.print(tables.steps(STEPS, micros[STEPS]))


def _subjects(number: int) -> dict[str, Works]:
    accounts = accounts_values(number)
    deciders = {title: deciding.works(question, accounts, ENGINES) for title, question in QUESTIONS.items()}
    return {**deciders, DECODING: decoding.decoders(accounts[:ITEMS]), STEPS: decoding.steps(accounts[:ITEMS])}


if __name__ == "__main__":
    main()
