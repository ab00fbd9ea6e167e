"""One safeguard less."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from tests.simulation.faults import Rates

RATES = Rates(crash=0.15, asked=0.8)
"""What people order dies more often than not, and is ordered again."""


@dataclass(frozen=True, slots=True)
class Mutant:
    name: str
    caught_by: str
    """The invariant that must break."""
    applied: Callable[[], AbstractContextManager[Any]]
    rates: Rates
    """What it takes to meet it in a small run."""


def mutant(name: str, caught_by: str, owner: Any, attribute: str, put: Any, *, rates: Rates = RATES) -> Mutant:
    """With `put` in the place of an attribute of the product."""
    return Mutant(name, caught_by, lambda: patch.object(owner, attribute, put), rates)
