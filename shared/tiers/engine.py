"""The one place that decides tiers: from an account, a rulebook and a moment to a decision with every reason."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.accounts.merge import source_of
from shared.accounts.standing import Method
from shared.rules.facts import Facts
from shared.rules.trace import SourceOf, findings
from shared.tiers.decision import Decision, RuleTrace
from shared.tiers.methods import manual_tier, rules_say, synced_tier
from shared.tiers.outcome import Verdict
from shared.tiers.rulebook import Rulebook
from shared.tiers.verdict import judge
from shared.tiers.why import why


def decide(account: Account, rulebook: Rulebook, now: datetime, *, at_once: bool = False) -> Decision:
    """A pure function of its arguments: evaluated again the decision is the same, byte for byte.

    `at_once` passes over the policy's stability: a person approved.
    """
    return explain(account, rulebook, now, judge(account, rulebook, now, at_once=at_once))


def explain(account: Account, rulebook: Rulebook, now: datetime, verdict: Verdict) -> Decision:
    """The decision that `verdict`, of the same account, rulebook and moment, is the outcome of."""
    facts = rulebook.facts(account, now)
    shadow = {} if account.archived else _shadow(account, rulebook, facts, verdict.method)
    source_of = _source_of(account, rulebook)
    return Decision(
        account_id=account.id,
        tier=verdict.tier,
        previous_tier=account.standing.tier,
        result=verdict.result,
        method=verdict.method,
        rule=verdict.rule,
        policy_version=rulebook.policy_version,
        decided_at=now,
        status=verdict.status,
        hold=verdict.hold,
        effective_at=verdict.effective_at if verdict.hold else now,
        pending=verdict.pending,
        shadow=shadow,
        why=why(account, rulebook, facts, verdict, source_of),
        rules=() if account.archived else _traces(rulebook, facts, source_of),
        next_review_at=verdict.next_review_at,
        due_at=verdict.due_at,
    )


def _shadow(
    account: Account, rulebook: Rulebook, facts: Facts, deciding: Method | None
) -> Mapping[Method, TierId | None]:
    """What the CRM and the rules say where they don't decide, and what a person set where that does not."""
    said = {Method.SYNCED: synced_tier(account, rulebook), Method.RULES: rules_say(rulebook, facts).tier}
    manual = manual_tier(account, rulebook, facts.at.now)
    if manual is not None:
        said[Method.MANUAL] = manual
    return {method: tier for method, tier in said.items() if method is not deciding}


def _source_of(account: Account, rulebook: Rulebook) -> SourceOf:
    """Each asked for once: many leaves read the same few fields."""
    return cache(lambda name: source_of(name, account.records, rulebook.catalogue))


def _traces(rulebook: Rulebook, facts: Facts, source_of: SourceOf) -> tuple[RuleTrace, ...]:
    """The rules up to the match, every leaf evaluated."""
    rules, matched = rulebook.policy.rules, rules_say(rulebook, facts).matched
    tried = rules if matched is None else rules[: matched + 1]
    return tuple(
        RuleTrace(rule.id, index == matched, findings(rule.when, facts, source_of)) for index, rule in enumerate(tried)
    )
