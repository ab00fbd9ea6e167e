"""The bare outcome of deciding, without its reasons: what a bulk walk computes for accounts that mostly stay."""

from dataclasses import replace
from datetime import datetime

from shared.accounts.account import Account
from shared.tiers.outcome import Verdict, outcome
from shared.tiers.review import NEVER, review
from shared.tiers.rulebook import Rulebook


def judge(account: Account, rulebook: Rulebook, now: datetime, *, at_once: bool = False) -> Verdict:
    """The outcome at `now`, and when to look again; `at_once` passes over the policy's stability."""
    facts = rulebook.facts(account, now)
    verdict = outcome(account, rulebook, facts, at_once=at_once)
    if account.archived:
        return verdict
    found = review(account, rulebook, facts, verdict)
    if found is NEVER:
        return verdict
    return replace(verdict, next_review_at=found.next_review_at, due_at=found.due_at)
