"""What decides: one published policy with the tiers and fields that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.rules.condition import Leaf
from shared.rules.facts import Facts
from shared.rules.first_match import FirstMatch, compile_first_match
from shared.rules.moment import Moment
from shared.rules.trace import leaves
from shared.rules.turning import tells_time
from shared.tiers.controls import FREE, Controls
from shared.tiers.model import TierModel
from shared.tiers.policy import Policy, TierRule


@dataclass(frozen=True)
class Rulebook:
    policy: Policy
    policy_version: int | None
    """None: a policy that is not published, as in a trial evaluation."""
    tiers: TierModel
    catalogue: Catalogue
    time_zone: str = "UTC"
    controls: Controls = FREE

    @cached_property
    def _first_match(self) -> FirstMatch:
        return compile_first_match([rule.when for rule in self.policy.rules])

    @cached_property
    def _telling_time(self) -> Sequence[Sequence[Leaf]]:
        return [tuple(filter(tells_time, leaves(rule.when))) for rule in self.policy.rules]

    @cached_property
    def tells_time(self) -> bool:
        """Whether any rule may turn by itself, as days and seconds pass."""
        return any(self._telling_time)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def moment(self, now: datetime) -> Moment:
        """`now`, with the day that it is in the deployment's time zone."""
        return Moment(now, self._zone)

    def facts(self, account: Account, now: datetime) -> Facts:
        """What the rules are asked of."""
        return Facts(account.values, account.histories, self.moment(now))

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
