"""A stored decision is bounded: what its trace leaves out, it says."""

import json
from dataclasses import replace

from shared.tiers.decision import Decision, RuleTrace

MAX_BYTES = 64 * 1024


def capped(decision: Decision, max_bytes: int = MAX_BYTES) -> dict[str, object]:
    """The decision as JSON, with at most `max_bytes` of findings.

    The matching rule's are kept first, then the others' in the rules' order; where any had to go, `left_out` counts
    them by rule.
    """
    budget = max_bytes
    kept: dict[str, RuleTrace] = {}
    for rule in sorted(decision.rules, key=lambda rule: not rule.matched):
        kept[rule.id], budget = _within(rule, budget)
    left_out = {
        rule.id: len(rule.conditions) - len(kept[rule.id].conditions)
        for rule in decision.rules
        if kept[rule.id] is not rule
    }
    if not left_out:
        return decision.to_json()
    shortened = replace(decision, rules=tuple(kept[rule.id] for rule in decision.rules))
    return {**shortened.to_json(), "left_out": left_out}


def _within(rule: RuleTrace, budget: int) -> tuple[RuleTrace, int]:
    """The rule with as many of its first findings as fit, and the budget that is left."""
    for count, found in enumerate(rule.conditions):
        size = len(json.dumps(found.to_json(), ensure_ascii=False, separators=(",", ":")).encode())
        if size > budget:
            return replace(rule, conditions=rule.conditions[:count]), 0
        budget -= size
    return rule, budget
