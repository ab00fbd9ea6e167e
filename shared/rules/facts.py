"""What a condition is asked of: an account's values, what they were before, and the moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.accounts.history import Histories
from shared.accounts.identity import FieldName
from shared.accounts.values import Value
from shared.rules.moment import Moment

type Values = Mapping[FieldName, Value]


@dataclass(frozen=True, slots=True)
class Facts:
    values: Values
    histories: Histories
    at: Moment
    true_values: Values | None = None
    """What `missing` and `present` are asked of, where `values` has last known ones in the place of missing ones."""


type Test = Callable[[Facts], bool]
"""Whether a leaf or condition holds."""
