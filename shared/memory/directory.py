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
        for user in self.users:
            if user.id == owner:
                return user
        address = owner.casefold()
        return next((user for user in self.users if user.email and user.email.casefold() == address), None)
