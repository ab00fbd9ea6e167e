"""The users of a deployment in memory."""

from collections.abc import Iterable

from shared.access.people import User


class MemoryDirectory:
    """UserDirectory."""

    def __init__(self, users: Iterable[User] = ()) -> None:
        self.users: list[User] = list(users)

    def find(self, owner: str) -> User | None:
        sought = owner.casefold()
        return next((user for user in self.users if user.id == owner or user.email.casefold() == sought), None)
