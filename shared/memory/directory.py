"""The users of a deployment in memory."""

from collections.abc import Iterable

from shared.access.people import User


class MemoryDirectory:
    """UserDirectory."""

    def __init__(self, users: Iterable[User] = ()) -> None:
        self.users: list[User] = list(users)

    def find(self, owner: str) -> User | None:
        by_id = (user for user in self.users if user.id == owner)
        by_email = (user for user in self.users if user.email and user.email.casefold() == owner.casefold())
        return next(by_id, None) or next(by_email, None)
