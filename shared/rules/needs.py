"""What rules need kept of the past: each field that a condition reads, with how much of its history that takes."""

from collections.abc import Iterator

from shared.accounts.identity import FieldName
from shared.accounts.kept import Kept
from shared.rules.condition import Condition, Leaf, Reference
from shared.rules.trace import leaves
from shared.rules.vocabulary import HISTORY


def needs(condition: Condition) -> Iterator[tuple[FieldName, Kept]]:
    """Every field that the condition reads, those that it compares with too, as often as it does."""
    for leaf in leaves(condition):
        yield leaf.field, _need(leaf)
        if isinstance(leaf.value, Reference):
            yield leaf.value.field, Kept.NONE


def _need(leaf: Leaf) -> Kept:
    """A window stands for the value of one moment; what a reference names is read as it is now."""
    if leaf.window is not None:
        return Kept.DAILY
    return Kept.CHANGES if leaf.op in HISTORY else Kept.NONE
