"""Secrets in memory, as a test sets them."""

from collections.abc import Mapping, Sequence

from shared.runtime.ports import SecretMissing


class MemorySecrets:
    """Secrets and SecretWriter."""

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None) -> None:
        self.values: dict[str, Sequence[str]] = dict(values or {})
        """Newest first, by name."""

    def current(self, name: str) -> Sequence[str]:
        found = tuple(self.values.get(name, ()))
        if not found or not all(found):
            raise SecretMissing(f"the secret {name} is not set, or empty")
        return found

    def put(self, name: str, values: Sequence[str]) -> None:
        self.values[name] = tuple(values)
