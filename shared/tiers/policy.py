"""The tier policy: ordered trigger rules, a fallback, the precedence of methods."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.accounts.identity import FieldName, RuleId, TierId
from shared.accounts.standing import Method
from shared.rules.condition import Condition
from shared.tiers.stability import AT_ONCE, Stability


@dataclass(frozen=True, slots=True)
class TierRule:
    id: RuleId
    tier: TierId | None
    """None puts the account out of scope."""
    when: Condition


@dataclass(frozen=True, slots=True)
class Policy:
    rules: Sequence[TierRule]
    otherwise: TierId | None = None
    requires: tuple[FieldName, ...] = ()
    precedence: tuple[Method, ...] = (Method.MANUAL, Method.SYNCED, Method.RULES)
    stability: Stability = AT_ONCE

    @property
    def conditions(self) -> Sequence[Condition]:
        """All that the policy asks of an account: its rules, and what holds demotions."""
        held = self.stability.hold_demotion_when
        return [*(rule.when for rule in self.rules), *([] if held is None else [held])]
