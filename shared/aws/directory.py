"""The users of the deployment's Cognito user pool, read whole and kept for five minutes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.access.people import Role, User, UserId
from shared.aws.errors import calling

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import UserTypeTypeDef

FRESH = timedelta(minutes=5)
AGAIN = timedelta(seconds=30)
"""How soon somebody who was not found is looked for anew: a user may just have been added."""


class CognitoDirectory:
    """AdminDirectory; each method raises Retryable and Permanent."""

    def __init__(
        self, client: "CognitoIdentityProviderClient", user_pool_id: str, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._user_pool_id = user_pool_id
        self._clock = clock
        self._read_at: datetime | None = None
        self._by_id: dict[str, User] = {}
        self._by_email: dict[str, User] = {}

    def find(self, owner: str) -> User | None:
        if self._older_than(FRESH):
            self._refresh()
        found = self._known(owner)
        if found is None and self._older_than(AGAIN):
            self._refresh()
            found = self._known(owner)
        return found

    def admins(self) -> Sequence[User]:
        """Asked for each time: it is rare that they are told."""
        return self._with_role(Role.ADMIN)

    def managers(self) -> Sequence[User]:
        """Asked for each time, as the admins."""
        return list(dict.fromkeys([*self._with_role(Role.MANAGER), *self._with_role(Role.ADMIN)]))

    def _with_role(self, role: Role) -> Sequence[User]:
        pages = self._client.get_paginator("list_users_in_group")
        with calling(f"list the users with the role {role}"):
            found = [
                entry
                for page in pages.paginate(UserPoolId=self._user_pool_id, GroupName=role)
                for entry in page["Users"]
            ]
        return [user for entry in found if (user := _user(entry))]

    def _known(self, owner: str) -> User | None:
        return self._by_id.get(owner) or self._by_email.get(owner.casefold())

    def _older_than(self, age: timedelta) -> bool:
        return self._read_at is None or self._clock() - self._read_at >= age

    def _refresh(self) -> None:
        with calling("list the users"):
            users = [user for entry in self._entries() if (user := _user(entry))]
        self._by_id = {user.id: user for user in users}
        self._by_email = {user.email.casefold(): user for user in users if user.email}
        self._read_at = self._clock()

    def _entries(self) -> "Iterator[UserTypeTypeDef]":
        pages = self._client.get_paginator("list_users").paginate(UserPoolId=self._user_pool_id)
        return (entry for page in pages for entry in page["Users"])


def _user(entry: "UserTypeTypeDef") -> User | None:
    """None for who is disabled."""
    attributes = {attribute["Name"]: attribute.get("Value", "") for attribute in entry.get("Attributes", [])}
    if not entry.get("Enabled", False) or "sub" not in attributes:
        return None
    email = attributes.get("email", "")
    return User(UserId(attributes["sub"]), email, attributes.get("name") or email)
