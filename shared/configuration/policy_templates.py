"""Ready-made policies, each with the tiers and fields that it goes with: `templates/ID.json`, as admins send them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from shared.accounts.strict_json import loads
from shared.accounts.values import Json

FOLDER = Path(__file__).parent / "templates"
MAX_BYTES = 64 * 1024
IDS = ("touch-tiers", "arr-ladder", "seats-ladder", "value-outcome", "onboarding-floor")
"""In the order that they are shown: by how many companies take them."""


@dataclass(frozen=True, slots=True)
class PolicyTemplate:
    """Its tiers bear the ids of a fresh deployment's, so that it takes no account's tier away."""

    id: str
    name: str
    description: str
    """For a CS-Ops admin: when to take it, what to adjust."""
    tiers: Sequence[Mapping[str, Json]]
    """The whole list, highest first."""
    fields: Sequence[Mapping[str, Json]]
    """What has to be added to the built-in fields."""
    policy: Mapping[str, Json]


@cache
def policy_templates() -> Sequence[PolicyTemplate]:
    """They are part of the code: read once, at first use."""
    return [_read(template_id) for template_id in IDS]


def _read(template_id: str) -> PolicyTemplate:
    document = loads((FOLDER / f"{template_id}.json").read_bytes(), max_bytes=MAX_BYTES)
    return PolicyTemplate(id=template_id, **cast("dict[str, Any]", document))
