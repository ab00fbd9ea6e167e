"""What decides: one published policy with the tiers and fields that it names."""

from dataclasses import dataclass
from functools import cached_property

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.rules.compile_leaf import Values
from shared.rules.first_match import FirstMatch, compile_first_match
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

    def match(self, values: Values) -> int | None:
        """The index of the first rule that holds; None: everyone else."""
        return self._first_match(values)

    def rule(self, index: int | None) -> TierRule | None:
        return None if index is None else self.policy.rules[index]

    def label(self, name: FieldName) -> str:
        """What people call the field."""
        return self.catalogue.field(name).label if name in self.catalogue else name
