"""What decides: one published policy with the tiers and fields that it names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName, SourceName, TierId
from shared.rules.compile import compile_condition
from shared.rules.compile_together import FirstMatch, compile_first_match
from shared.rules.condition import Condition, Leaf
from shared.rules.facts import Facts, Scores, Test
from shared.rules.margin import eased
from shared.rules.moment import Moment
from shared.rules.scores import beneath, compiled, fields_of, read_by, scored
from shared.rules.trace import leaves
from shared.rules.turning import tells_time
from shared.tiers.controls import FREE, Controls
from shared.tiers.freshness import Freshness
from shared.tiers.model import TierModel
from shared.tiers.policy import Policy, TierRule


@lru_cache(maxsize=8)
def compiled_rules(*conditions: Condition) -> FirstMatch:
    """Compiled once for all rulebooks with the same rules: what moves beside them, and trials of them, cost nothing."""
    return compile_first_match(conditions)


@dataclass(frozen=True, slots=True)
class RuleTest:
    rule: TierRule
    test: Test
    reads: frozenset[FieldName]
    """The fields that the rule's leaves read, or compare with; of scores those that these read."""


@dataclass(frozen=True)
class Rulebook:
    policy: Policy
    policy_version: int | None
    """None: a policy that is not published, as in a trial evaluation."""
    tiers: TierModel
    catalogue: Catalogue
    time_zone: str = "UTC"
    sources: Mapping[SourceName, Freshness] = field(default_factory=dict)
    """Of the sources whose freshness is known; the others never count as stale."""
    controls: Controls = FREE

    @cached_property
    def _first_match(self) -> FirstMatch:
        return compiled_rules(*(rule.when for rule in self.policy.rules))

    @cached_property
    def _scores(self) -> Scores:
        """Those that the policy reads."""
        return self._read_by(self.policy.conditions)

    def _read_by(self, conditions: Iterable[Condition]) -> Scores:
        return compiled(read_by(conditions, self.catalogue), self.catalogue)

    @cached_property
    def _telling_time(self) -> Sequence[Sequence[Leaf]]:
        return [
            tuple(leaf for leaf in leaves(rule.when) if tells_time(leaf, self._scores)) for rule in self.policy.rules
        ]

    @cached_property
    def tells_time(self) -> bool:
        """Whether any rule may turn by itself, as days and seconds pass."""
        return any(self._telling_time)

    @cached_property
    def rule_tests(self) -> Sequence[RuleTest]:
        """Each rule by itself."""
        return [RuleTest(rule, compile_condition(rule.when), self._reads(rule)) for rule in self.policy.rules]

    def _reads(self, rule: TierRule) -> frozenset[FieldName]:
        found = [one for leaf in leaves(rule.when) for one in (leaf, *beneath(leaf, self._scores))]
        return frozenset(name for leaf in found for name in fields_of(leaf)) - self.catalogue.scores

    def rules_for(self, tier: TierId | None) -> Sequence[RuleTest]:
        """The rules that give the tier."""
        return [entry for entry in self.rule_tests if entry.rule.tier == tier]

    @cached_property
    def _eased(self) -> Sequence[tuple[TierId | None, Test]]:
        margin = self.policy.stability.demote_margin
        rules = self.policy.rules if margin else ()
        return [(rule.tier, compile_condition(eased(rule.when, margin))) for rule in rules]

    def within_margin(self, tier: TierId | None, facts: Facts) -> bool:
        """Whether a rule for the tier matches once its thresholds are eased by the policy's margin."""
        return any(test(facts) for given, test in self._eased if given == tier)

    @cached_property
    def _holds_demotion(self) -> Test:
        when = self.policy.stability.hold_demotion_when
        return (lambda _: False) if when is None else compile_condition(when)

    def holds_demotion(self, facts: Facts) -> bool:
        """Whether the policy's own condition holds demotions."""
        return self._holds_demotion(facts)

    @cached_property
    def holding_demotions(self) -> Self:
        """The same with the breaker open, compiled once."""
        return replace(self, controls=replace(self.controls, mass_change=True))

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def moment(self, now: datetime) -> Moment:
        """`now`, with the day that it is in the deployment's time zone."""
        return Moment(now, self._zone)

    def facts(self, account: Account, now: datetime, asking: Condition | None = None) -> Facts:
        """What the rules are asked of, and `asking` if it is given: the account and its scores that they read."""
        scores = self._scores if asking is None else {**self._scores, **self._read_by([asking])}
        return scored(Facts(account.values, account.histories, self.moment(now), scores=scores))

    def match(self, facts: Facts) -> int | None:
        """The index of the first rule that holds; None: everyone else."""
        return self._first_match(facts)

    def telling_time(self, matched: int | None) -> Sequence[Leaf]:
        """The leaves that may turn by themselves in the rules up to `matched`."""
        tried = self._telling_time if matched is None else self._telling_time[: matched + 1]
        return [leaf for found in tried for leaf in found]

    def rule(self, index: int | None) -> TierRule | None:
        return None if index is None else self.policy.rules[index]

    def label(self, name: FieldName) -> str:
        """What people call the field."""
        return self.catalogue.field(name).label if name in self.catalogue else name
