"""One safeguard less."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True, slots=True)
class Mutant:
    name: str
    caught_by: str
    """The invariant that must break."""
    applied: Callable[[], AbstractContextManager[Any]]


def mutant(name: str, caught_by: str, owner: Any, attribute: str, put: Any) -> Mutant:
    """With `put` in the place of an attribute of the product."""
    return Mutant(name, caught_by, lambda: patch.object(owner, attribute, put))
