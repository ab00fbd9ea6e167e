"""The tier decision: a value with every reason in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.accounts.identity import AccountId, RuleId, TierId
from shared.accounts.standing import Hold, Method, Pending
from shared.accounts.values import moment_text
from shared.rules.finding import Finding


class Status(StrEnum):
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    HELD = "held"
    UNASSIGNED = "unassigned"
    """It has no tier and gets none."""


@dataclass(frozen=True, slots=True)
class RuleTrace:
    id: RuleId
    matched: bool
    conditions: tuple[Finding, ...]

    def to_json(self) -> dict[str, object]:
        return {"id": self.id, "matched": self.matched, "conditions": [found.to_json() for found in self.conditions]}


@dataclass(frozen=True, slots=True)
class Decision:
    account_id: AccountId
    tier: TierId | None
    """The account's tier after this decision."""
    previous_tier: TierId | None
    result: TierId | None
    """What the deciding method says; differs from `tier` while a hold lasts."""
    method: Method | None
    rule: RuleId | None
    policy_version: int | None
    decided_at: datetime
    status: Status
    hold: Hold | None
    effective_at: datetime | None
    """When `result` takes effect: at once, or when the hold ends, where that can be told."""
    pending: Pending | None
    shadow: Mapping[Method, TierId | None]
    """What the other methods say."""
    why: str
    rules: Sequence[RuleTrace]
    """The rules up to the match, every leaf evaluated."""
    next_review_at: datetime | None
    due_at: datetime | None
    """As in Verdict; no part of what the API shows."""

    def to_json(self) -> dict[str, object]:
        return {
            "account_id": self.account_id,
            "tier": self.tier,
            "previous_tier": self.previous_tier,
            "result": self.result,
            "method": self.method and self.method.value,
            "rule": self.rule,
            "policy_version": self.policy_version,
            "decided_at": moment_text(self.decided_at),
            "status": self.status.value,
            "hold": self.hold and self.hold.value,
            "effective_at": self.effective_at and moment_text(self.effective_at),
            "pending": self.pending and {"tier": self.pending.tier, "since": moment_text(self.pending.since)},
            "shadow": {method.value: tier for method, tier in sorted(self.shadow.items())},
            "why": self.why,
            "rules": [rule.to_json() for rule in self.rules],
            "next_review_at": self.next_review_at and moment_text(self.next_review_at),
        }
