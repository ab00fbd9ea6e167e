"""The people of a deployment: users, their roles, and who acts in a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

UserId = NewType("UserId", str)
"""The `sub` of a user in the deployment's user pool; what an account's `owner` holds."""


class Role(StrEnum):
    """A group of the user pool; what each may do is `permissions.ROUTES`."""

    ADMIN = "admin"
    MANAGER = "manager"
    CSM = "csm"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class User:
    id: UserId
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change: a user, or a part of the system such as `source:recurly`."""

    id: str
    roles: frozenset[Role] = frozenset()


class UserDirectory(Protocol):
    """The users of the deployment, found by what an account's `owner` may hold."""

    def find(self, owner: str) -> User | None:
        """The active user whose id or e-mail address (in any case) is `owner`; None if there is none."""
        ...


class AdminDirectory(UserDirectory, Protocol):
    """The users, and who of them is told of the deployment itself, and of what waits for an answer."""

    def admins(self) -> Sequence[User]:
        """The active users with the role admin."""
        ...

    def managers(self) -> Sequence[User]:
        """The active users with the role manager or admin, each once."""
        ...
