"""From the published rules to what accounts keep of the past: a field's setting can have more kept, never less."""

from dataclasses import replace

from shared.accounts.catalogue import Catalogue
from shared.accounts.kept import Kept
from shared.rules.needs import reads
from shared.tiers.policy import Policy


def keeping(catalogue: Catalogue, policy: Policy) -> Catalogue:
    """`catalogue` with what the rules read of its fields' past.

    Of each field that decides on tiers the last known value is read: it tells data that went missing from a fall.
    """
    read = {*policy.requires, *(name for rule in policy.rules for name in reads(rule.when))}
    return replace(catalogue, needs={name: Kept.LAST for name in sorted(read) if name in catalogue})
