"""What is in force now, read as one: the snapshot that every worker decides with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import SourceName
from shared.alerts.rule import AlertRule
from shared.configuration.settings import Settings
from shared.configuration.sources import SourceConfig
from shared.tiers.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Published:
    settings: Settings
    catalogue: Catalogue
    rulebook: Rulebook
    """The tiers, the policy and its version, compiled."""
    alert_rules: Sequence[AlertRule]
    sources: Mapping[SourceName, SourceConfig]
