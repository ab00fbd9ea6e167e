"""The why page: one account's tier, since when, why with every figure, what is short of the next, the last changes."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.accounts.account import Account
from shared.accounts.identity import RuleId, TierId
from shared.accounts.standing import Method, TierChange
from shared.tiers.decision import Decision, RuleTrace
from shared.tiers.rulebook import Rulebook
from shared.tiers.shortfall import Shortfall
from shared.why.templating import template
from shared.why.wording import Fact, facts, lacking, moment, one_line

TEMPLATES = Path(__file__).parent / "templates"
MOST_CHANGES = 10
MOST_RULES = 20
"""A policy may have 200 rules; the last ones hold the match, and the page says how many it leaves out."""
LONGEST_WHY = 1_500

_SAID_BY: Mapping[Method, str] = {
    Method.MANUAL: "A person says",
    Method.SYNCED: "The CRM says",
    Method.RULES: "The rules say",
}


@dataclass(frozen=True, slots=True)
class Page:
    html: str
    content_security_policy: str
    """The header under which the page may show its own style and do nothing else."""


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    tier: str
    matched: bool
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class _Change:
    before: str | None
    after: str
    at: str
    why: str
    rose: bool


def render(
    account: Account,
    decision: Decision,
    changes: Sequence[TierChange],
    rulebook: Rulebook,
    shortfall: Shortfall | None,
) -> Page:
    """`decision` is the account's at this moment, `changes` its tier history, newest first."""
    tiers, zone, since = rulebook.tiers, rulebook.time_zone, account.standing.since
    html = template(TEMPLATES, "why.html").render(
        style=_style(),
        name=one_line(account.name),
        tier=one_line(tiers.name(decision.tier)),
        since=moment(since, zone) if since else None,
        how=_how(decision),
        why=one_line(decision.why, LONGEST_WHY),
        said=[(_SAID_BY[method], one_line(tiers.name(tier))) for method, tier in sorted(decision.shadow.items())],
        shortfall=lacking(shortfall),
        rules=[_rule(trace, rulebook) for trace in decision.rules[-MOST_RULES:]],
        left_out=max(0, len(decision.rules) - MOST_RULES),
        changes=[_change(change, rulebook) for change in changes[:MOST_CHANGES]],
        decided_at=moment(decision.decided_at, zone),
    )
    return Page(html, _policy())


def _how(decision: Decision) -> str:
    match decision.method:
        case Method.MANUAL:
            return "set by a person"
        case Method.SYNCED:
            return "as the CRM has it"
        case Method.RULES if decision.rule is not None:
            return f"by rule {decision.rule}"
        case Method.RULES:
            return "by the rules, for everyone whom none of them matches"
        case None:
            return "by no method"


def _rule(trace: RuleTrace, rulebook: Rulebook) -> _Rule:
    return _Rule(
        id=one_line(trace.id),
        tier=one_line(rulebook.tiers.name(_tier_of(trace.id, rulebook))),
        matched=trace.matched,
        facts=facts((found.to_json() for found in trace.conditions), rulebook.catalogue),
    )


def _tier_of(rule_id: RuleId, rulebook: Rulebook) -> TierId | None:
    return next((rule.tier for rule in rulebook.policy.rules if rule.id == rule_id), None)


def _change(change: TierChange, rulebook: Rulebook) -> _Change:
    tiers = rulebook.tiers
    return _Change(
        before=None if change.version == 1 else one_line(tiers.name(change.before)),
        after=one_line(tiers.name(change.after)),
        at=moment(change.at, rulebook.time_zone),
        why=one_line(change.why, LONGEST_WHY),
        rose=tiers.falls(change.after, change.before),
    )


@cache
def _style() -> str:
    return (TEMPLATES / "why.css").read_text(encoding="utf-8")


@cache
def _policy() -> str:
    """The style is allowed by its digest: nothing that slips into the page otherwise is run or shown."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
