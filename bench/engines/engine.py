"""What the benchmark asks of an engine."""

from collections.abc import Callable
from typing import Any, Protocol

from bench.accounts import Values
from bench.rules import Rules

NONE = -1
"""The answer where no rule holds."""

type Ask = Callable[[Any], Any]
"""Of an account, as `given` made it: what is timed."""


class Engine(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def imports(self) -> str:
        """The modules that a program has to import, as after `import`."""

    @property
    def distribution(self) -> str | None:
        """Its package; None where it is in this repository."""

    @property
    def remark(self) -> str:
        """What it takes to get the same answers of it."""

    def written(self, rules: Rules) -> Any:
        """The rules in the engine's words; not timed."""

    def first(self, written: Any) -> Ask:
        """Compiles a policy to what gives the index of the first rule that holds, else NONE."""

    def every(self, written: Any) -> Ask:
        """Compiles conditions to what gives whether each holds, in order."""

    def given(self, values: Values) -> Any:
        """The account in the form that suits the engine best; not timed."""


def as_json(values: Values) -> dict[str, Any]:
    """The account as JSON has it: lists, no tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
