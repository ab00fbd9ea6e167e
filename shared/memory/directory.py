"""The users of a deployment in memory."""

from collections.abc import Iterable, Sequence

from shared.access.people import User


class MemoryDirectory:
    """AdminDirectory."""

    def __init__(self, users: Iterable[User] = (), admins: Iterable[User] = (), managers: Iterable[User] = ()) -> None:
        self.administrators: list[User] = list(admins)
        self.managing: list[User] = list(managers)
        self.users: list[User] = [*users, *self.administrators, *self.managing]

    def admins(self) -> Sequence[User]:
        return self.administrators

    def managers(self) -> Sequence[User]:
        return list(dict.fromkeys([*self.managing, *self.administrators]))

    def find(self, owner: str) -> User | None:
        by_id = (user for user in self.users if user.id == owner)
        address = owner.casefold()
        by_email = (user for user in self.users if user.email and user.email.casefold() == address)
        return next(by_id, None) or next(by_email, None)
