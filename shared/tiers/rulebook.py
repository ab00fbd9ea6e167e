"""What decides: one published policy with the tiers and fields that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.rules.compile_leaf import Values
from shared.rules.first_match import FirstMatch, compile_first_match
from shared.rules.moment import Moment
from shared.rules.trace import leaves
from shared.rules.window import Window, window
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

    @cached_property
    def _first_match(self) -> FirstMatch:
        return compile_first_match([rule.when for rule in self.policy.rules])

    @cached_property
    def _windows(self) -> Sequence[Sequence[Window]]:
        return [tuple(filter(None, map(window, leaves(rule.when)))) for rule in self.policy.rules]

    @cached_property
    def tells_time(self) -> bool:
        """Whether any rule may turn by itself, as days and seconds pass."""
        return any(self._windows)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def moment(self, now: datetime) -> Moment:
        """`now`, with the day that it is in the deployment's time zone."""
        return Moment(now, self._zone)

    def match(self, values: Values, at: Moment) -> int | None:
        """The index of the first rule that holds; None: everyone else."""
        return self._first_match(values, at)

    def windows(self, matched: int | None) -> Sequence[Window]:
        """Of all comparisons with the present moment in the rules up to `matched`."""
        tried = self._windows if matched is None else self._windows[: matched + 1]
        return [found for windows in tried for found in windows]

    def rule(self, index: int | None) -> TierRule | None:
        return None if index is None else self.policy.rules[index]

    def label(self, name: FieldName) -> str:
        """What people call the field."""
        return self.catalogue.field(name).label if name in self.catalogue else name
