"""From the published rules to what accounts keep of the past: a field's setting can have more kept, never less."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName
from shared.accounts.kept import Kept, most
from shared.rules.needs import needs
from shared.rules.scores import compiled, read_by
from shared.tiers.policy import Policy


def keeping(catalogue: Catalogue, policy: Policy) -> Catalogue:
    """`catalogue` with what the policy, and the scores that it reads, read of its fields' past.

    Of each field that decides on tiers the last known value is read: it tells data that went missing from a fall.
    """
    asked: dict[FieldName, Kept] = defaultdict(lambda: Kept.LAST)
    for name, kept in _needs(policy, catalogue):
        asked[name] = most(asked[name], kept)
    found = {name: asked[name] for name in sorted(asked) if name in catalogue and name not in catalogue.scores}
    return replace(catalogue, needs=found)


def _needs(policy: Policy, catalogue: Catalogue) -> Iterator[tuple[FieldName, Kept]]:
    yield from ((name, Kept.LAST) for name in policy.requires)
    scores = compiled(read_by(policy.conditions, catalogue), catalogue)
    for condition in (*policy.conditions, *(term.when for score in scores.values() for term in score)):
        yield from needs(condition)
