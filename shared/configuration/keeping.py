"""From the published rules to what accounts keep of the past: a field's setting can have more kept, never less."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.accounts.kept import Kept, most
from shared.rules.needs import needs
from shared.tiers.policy import Policy


def keeping(catalogue: Catalogue, policy: Policy) -> Catalogue:
    """`catalogue` with what the rules read of its fields' past.

    Of each field that decides on tiers the last known value is read: it tells data that went missing from a fall.
    """
    asked: dict[FieldName, Kept] = defaultdict(lambda: Kept.LAST)
    for name, kept in _needs(policy):
        asked[name] = most(asked[name], kept)
    return replace(catalogue, needs={name: asked[name] for name in sorted(asked) if name in catalogue})


def _needs(policy: Policy) -> Iterator[tuple[FieldName, Kept]]:
    yield from ((name, Kept.LAST) for name in policy.requires)
    held = policy.stability.hold_demotion_when
    for condition in (*(rule.when for rule in policy.rules), *([] if held is None else [held])):
        yield from needs(condition)
