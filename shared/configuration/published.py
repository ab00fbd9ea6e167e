"""What is in force now, read as one: the snapshot that every worker decides with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import SourceName
from shared.accounts.values import Json
from shared.alerts import rule
from shared.alerts.rule import AlertRule
from shared.configuration.alert_rules_document import parse_alert_rules
from shared.configuration.breaker_document import parse_trip
from shared.configuration.fields_document import parse_fields
from shared.configuration.keeping import keeping
from shared.configuration.pauses import CAUTIOUS, NONE, Pauses
from shared.configuration.pauses_document import parse_pauses
from shared.configuration.settings import Settings
from shared.configuration.settings_document import parse_settings
from shared.configuration.sources import KNOWN, SourceConfig
from shared.configuration.sources_document import parse_source
from shared.tiers import model
from shared.tiers.breaker import Trip
from shared.tiers.controls import Controls
from shared.tiers.model_document import parse_model
from shared.tiers.policy_document import FRESH_POLICY, parse_policy
from shared.tiers.rulebook import Rulebook
from shared.tiers.skipping import Holds

SETTINGS = "settings"
FIELDS = "fields"
TIERS = "tiers"
POLICY = "policy"
ALERT_RULES = "alert_rules"
PAUSES = "pauses"
BREAKER = "breaker"
FRESH_POLICY_VERSION = 1


@dataclass(frozen=True, slots=True)
class Published:
    settings: Settings
    catalogue: Catalogue
    """With what the rules need kept of the past."""
    rulebook: Rulebook
    """The tiers, the policy and its version, compiled; and what holds accounts back."""
    alert_rules: Sequence[AlertRule]
    sources: Mapping[SourceName, SourceConfig]
    """Every source that has a connector."""
    pauses: Pauses
    trip: Trip | None
    """The last time that the breaker tripped."""
    skips_holds: bool = False
    """Whether the policy was published to move at once what it decides otherwise than the one before."""


def source_id(name: SourceName) -> str:
    """The id of the document that configures a source."""
    return f"source:{name}"


def fresh() -> Published:
    """What is in force on a fresh deployment, before anyone saved a document."""
    return parse({})


def parse(bodies: Mapping[str, Mapping[str, Json]], *, begins_paused: bool = False) -> Published:
    """The published documents' bodies by id, those that were never saved as on a fresh deployment: one that
    begins with mail and writeback paused, or not.

    Raises DocumentRefused where a stored document no longer fits the code that reads it.
    """
    settings = parse_settings(bodies.get(SETTINGS, {}))
    catalogue = parse_fields(bodies.get(FIELDS, {}), settings.reporting_currency)
    tiers = parse_model(bodies[TIERS]) if TIERS in bodies else model.FRESH
    policy = bodies.get(POLICY, {"version": FRESH_POLICY_VERSION, "policy": FRESH_POLICY})
    pauses = parse_pauses(bodies[PAUSES]) if PAUSES in bodies else CAUTIOUS if begins_paused else NONE
    trip = parse_trip(bodies[BREAKER]) if BREAKER in bodies else None
    version = policy["version"]
    if not isinstance(version, int):
        raise TypeError(f"the published policy's version is {version!r}")
    rules = parse_policy(policy["policy"], tiers, catalogue)
    catalogue = keeping(catalogue, rules)
    return Published(
        settings=settings,
        catalogue=catalogue,
        rulebook=Rulebook(
            policy=rules,
            policy_version=version,
            tiers=tiers,
            catalogue=catalogue,
            time_zone=settings.time_zone,
            controls=Controls(pause=pauses.of_tiers, mass_change=trip is not None and trip.open),
        ),
        alert_rules=parse_alert_rules(bodies[ALERT_RULES], tiers) if ALERT_RULES in bodies else rule.FRESH,
        sources={name: parse_source(name, bodies.get(source_id(name), {}), catalogue) for name in KNOWN},
        pauses=pauses,
        trip=trip,
        skips_holds=policy.get("holds") == Holds.SKIP,
    )
