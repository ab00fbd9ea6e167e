"""Sources: whether one is on, how its properties map to fields, when it is pulled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.accounts.identity import FieldName, SourceName

TIER_PROPERTY = FieldName("tier")
"""The target of a mapping that syncs the tier itself; kept as the field `synced_tier`."""


@dataclass(frozen=True, slots=True)
class PropertyMapping:
    property: str
    """The source's name: `mrr`, `custom_fields.segment`."""
    target: FieldName
    """A field of the catalogue, or `tier`."""
    translate: Mapping[str, str] = field(default_factory=dict)
    """Values to put in the place of others, as text: `Platinum` → `tier-1`; what is not named stays as it is."""


@dataclass(frozen=True, slots=True)
class SourceConfig:
    name: SourceName
    enabled: bool = True
    mapping: Sequence[PropertyMapping] | None = None
    """None: every property that bears a catalogue field's name is that field, `tier` the synced tier."""
    sync_minutes: int | None = None
    """How often it is pulled; None: never, it only sends."""
    base_url: str | None = None
    """The vendor's API, where a site or region has its own."""
    mapping_revision: int = 0
    """Counts the changes of the mapping: what was mapped under an earlier revision is older."""


KNOWN: tuple[SourceName, ...] = (SourceName("generic"), SourceName("recurly"))
"""The sources that have a connector."""
