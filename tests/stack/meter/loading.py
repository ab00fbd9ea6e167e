"""Changes modules from outside, each as it is loaded: what Python imports at start comes before all of them."""

import importlib.abc
import importlib.machinery
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

type Changes = Mapping[str, Callable[[Any], None]]
"""By the full name of the module that each is given."""


class Changing(importlib.abc.MetaPathFinder):
    """Finds each module as it would be found, and changes it once it is loaded."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._changes:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        load, change = spec.loader.exec_module, self._changes[fullname]

        def changed(module: ModuleType) -> None:
            load(module)
            change(module)

        spec.loader.exec_module = changed  # type: ignore[method-assign]  # this loader's, of this one module
        return spec
