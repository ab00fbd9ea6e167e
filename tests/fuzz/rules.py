"""Thousands of hostile policies: each is refused where it is wrong, or accepted and decided by in bounded steps."""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from shared.accounts.account import Account
from shared.accounts.history import History
from shared.accounts.identity import FieldName
from shared.accounts.strict_json import JsonRefused, loads
from shared.accounts.values import SCALE
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.rules.moment import seconds_of
from shared.tiers.engine import decide
from shared.tiers.lint import lint
from shared.tiers.model import FRESH
from shared.tiers.policy_document import MAX_BYTES, parse_policy
from shared.tiers.rulebook import Rulebook
from tests.fuzz.documents import DOCUMENTS
from tests.fuzz.mutations import broken, mutated, written
from tests.support.builders import CATALOGUE, NOW, account
from tests.support.steps import counted

MOST_STEPS = 10_000_000
"""To read a document, to lint it, and to decide one account by it."""
LONGEST_MESSAGE = 1_000
DEFAULT = 100_000
EVERY = 1_000


@dataclass(slots=True)
class Report:
    documents: int = 0
    not_json: int = 0
    refused: int = 0
    accepted: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    """Errors told, by code."""
    most_steps: int = 0
    """That one document took."""

    def lines(self, seconds: float) -> Sequence[str]:
        outcomes = f"{self.not_json:,} no JSON, {self.refused:,} refused, {self.accepted:,} accepted and decided by"
        return [
            f"{self.documents:,} documents in {seconds:,.0f} s: {outcomes}; at most {self.most_steps:,} steps for one",
            *(f"  {code:24}{self.codes[code]:>12,}" for code in Code),
        ]


def run(documents: int, seed: int, tell: Callable[[Report], None] = lambda _: None) -> Report:
    """Raises AssertionError, with its seed and number, for the first document that is neither refused nor decided by as
    it should be.
    """
    report = Report()
    for number in range(documents):
        try:
            _try(number, seed, report)
        except Exception as error:
            raise AssertionError(f"document {number} of seed {seed}: {error!r}") from error
        if (number + 1) % EVERY == 0:
            tell(report)
    return report


def _try(number: int, seed: int, report: Report) -> None:
    random = Random(f"{seed}.{number}")  # noqa: S311 - reproducible on purpose
    report.documents += 1
    document: Any = mutated(random.choice(DOCUMENTS), random)
    text = written(document) if number % 5 == 0 else None
    if text:
        try:
            document = loads(broken(text, random), max_bytes=MAX_BYTES)
        except JsonRefused:
            report.not_json += 1
            return
    with counted() as steps:
        try:
            policy = parse_policy(document, FRESH, CATALOGUE)
        except DocumentRefused as refused:
            _check(refused.errors, document)
            report.refused += 1
            report.codes.update(error.code.value for error in refused.errors)
        else:
            report.accepted += 1
            rulebook = Rulebook(policy, 2, FRESH, CATALOGUE)
            lint(policy, rulebook)
            for each in ACCOUNTS:
                json.dumps(decide(each, rulebook, NOW).to_json())
    assert steps.taken < MOST_STEPS, f"{steps.taken:,} steps"
    report.most_steps = max(report.most_steps, steps.taken)


def _check(errors: Sequence[DocumentError], document: Any) -> None:
    assert errors
    for error in errors:
        assert error.message
        assert len(error.message) <= LONGEST_MESSAGE
        assert _stands(error, document), error.pointer[:200]


def _stands(error: DocumentError, document: Any) -> bool:
    """Whether the pointer leads to something in the document, or, of what is missing, to where it should be."""
    node = document
    steps = [step.replace("~1", "/").replace("~0", "~") for step in error.pointer.split("/")[1:]]
    for index, step in enumerate(steps):
        if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return index == len(steps) - 1 and isinstance(node, dict) and error.code is Code.MISSING_KEY
    return True


def _changing(of: Account, name: str, *weeks: int) -> Account:
    at = seconds_of(NOW - timedelta(weeks=len(weeks)))
    entries = tuple((at + number * 604_800, value * SCALE) for number, value in enumerate(weeks, start=1))
    return replace(of, histories={**of.histories, FieldName(name): History(entries)})


ACCOUNTS: Sequence[Account] = (
    account(),
    _changing(
        account(mrr=640, seats=12, seats_used=11, plan="pro", stage="live", products=["crm"], strategic=True,
                renewal_date="2026-12-31", last_login_at="2026-11-20T09:30:00Z", tier="tier-1"),
        "mrr", *([1_200, 640] * 20),
    ),
    _changing(account(customer_status="churned", plan="", products=[], tier="tier-2"), "mrr", 1_200),
)  # fmt: skip
"""One of which nothing is known, one with all kinds of values and a past, one of which much went missing."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.rules", description=__doc__)
    parser.add_argument("--documents", type=int, default=DEFAULT)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.monotonic()

    def tell(report: Report) -> None:
        sys.stderr.write(f"\r{report.lines(time.monotonic() - begun)[0]}")

    report = run(asked.documents, asked.seed, tell)
    sys.stderr.write("\r")
    sys.stdout.write("\n".join([*report.lines(time.monotonic() - begun), ""]))


if __name__ == "__main__":
    main()
