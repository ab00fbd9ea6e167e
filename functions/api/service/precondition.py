"""What a client says it has read before it changes something."""

from dataclasses import dataclass

from functions.api.service.refusals import NoPrecondition, Stale


@dataclass(frozen=True, slots=True)
class Precondition:
    versions: frozenset[int] = frozenset()
    """Any of these will do."""
    anything: bool = False
    """`If-Match: *`."""
    given: bool = True

    def check(self, version: int) -> None:
        """Raises NoPrecondition, and Stale unless `version` is among those read."""
        if not self.given:
            raise NoPrecondition
        if not self.anything and version not in self.versions:
            raise Stale(version)
