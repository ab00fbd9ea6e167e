"""What a condition is asked of: an account's values, what they were before, its scores, and the moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.accounts.history import Histories
from shared.accounts.identity import FieldName
from shared.accounts.values import Value
from shared.rules.condition import Condition
from shared.rules.moment import Moment

type Values = Mapping[FieldName, Value]
type Scores = Mapping[FieldName, Sequence[Term]]
"""Score fields, each with its terms."""

type Test = Callable[[Facts], bool]
"""Whether a leaf or condition holds."""

NO_SCORES: Scores = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Term:
    pointer: str
    """Where it stands in its field: `/score/0`."""
    when: Condition
    points: int
    holds: Test
    """`when`, compiled."""


@dataclass(slots=True)
class Facts:
    """Final, not frozen: made of every account that is decided, it would take four times as long."""

    values: Final[Values]
    histories: Final[Histories]
    at: Final[Moment]
    true_values: Final[Values | None] = None
    """What `missing` and `present` are asked of, where `values` has last known ones in the place of missing ones."""
    scores: Final[Scores] = NO_SCORES
    """Those that `values` has the points of, as of this moment."""

    def given(self, name: FieldName) -> Sequence[Term]:
        """The terms of the score that hold: their points make its value."""
        return [term for term in self.scores[name] if term.holds(self)]
