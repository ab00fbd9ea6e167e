"""What rules need kept of the past: the fields that a condition reads, so that their last known values stay known."""

from collections.abc import Iterator

from shared.accounts.identity import FieldName
from shared.rules.condition import Condition, Reference
from shared.rules.trace import leaves


def reads(condition: Condition) -> Iterator[FieldName]:
    """Every field that the condition reads, those that it compares with too, as often as it does."""
    for leaf in leaves(condition):
        yield leaf.field
        if isinstance(leaf.value, Reference):
            yield leaf.value.field
