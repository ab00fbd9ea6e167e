"""What decides: one published policy with the tiers and fields that it names."""

from dataclasses import dataclass

from shared.accounts.catalogue import Catalogue
from shared.tiers.model import TierModel
from shared.tiers.policy import Policy


@dataclass(frozen=True)
class Rulebook:
    policy: Policy
    policy_version: int | None
    """None: a policy that is not published, as in a trial evaluation."""
    tiers: TierModel
    catalogue: Catalogue
    time_zone: str = "UTC"
