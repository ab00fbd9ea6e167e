"""`make bench`: measures, holds each engine's answers to ours, and prints the tables."""

import argparse

from rich.console import Console

from bench import deciding, decoding, tables
from bench.accounts import accounts_values
from bench.engines.engine import Engine
from bench.rules import Rules
from bench.timing import import_seconds, undisturbed

ACCOUNTS = 100_000
ITEMS = 5_000
WIDTH = 150


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="The engine and its peers, side by side.")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help=f"at most so many ({ACCOUNTS:,})")
    number = parser.parse_args().accounts
    console = Console(width=max(WIDTH, Console().width), highlight=False)
    engines: tuple[Engine, ...] = (deciding.HAND, deciding.OURS, *deciding.PEERS)
    with console.status("imports …"):
        imports = {name: import_seconds(name) for name in {e.imports for e in engines if e is not deciding.HAND}}
    with console.status("accounts …"):
        accounts = accounts_values(number)
    console.print(tables.machine(), style="dim")
    with undisturbed():
        first, each = deciding.first_of(Rules.policy()), deciding.each_of(Rules.alerts())
        for title, question in (("The first of 10 rules, per account", first), ("50 conditions, per account", each)):
            with console.status(f"{title} …"):
                figures = deciding.figures(question, accounts, engines)
            console.print(tables.deciding(title, figures, imports), "")
        by_decoder = decoding.micros_by_decoder(accounts[:ITEMS])
        console.print(tables.decoding("A raw item to an account", by_decoder, decoding.OURS), "")
        by_step = decoding.micros_by_step(accounts[:ITEMS])
        console.print(tables.steps("From a raw item, on one core", by_step))


if __name__ == "__main__":
    main()
