"""What every directory of users holds to, and how often Cognito is asked."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.access.people import User, UserId
from shared.aws import clients
from shared.aws.directory import CognitoDirectory
from shared.memory.directory import MemoryDirectory
from shared.runtime.failures import Retryable
from tests.contract.faults import answering, failing
from tests.contract.test_secrets import Clock

ADA = User(UserId("0f3c-ada"), "Ada.Owner@Example.com", "Ada")
BOB = User(UserId("7b1d-bob"), "bob@example.com", "bob@example.com")
LIST = "cognito-identity-provider.ListUsers"


class Pool:
    """Answers ListUsers, two users a page."""

    def __init__(self, *users: User) -> None:
        self.users = [self.entry(user) for user in users]
        self.calls = 0

    @staticmethod
    def entry(user: User, *, enabled: bool = True) -> dict[str, Any]:
        attributes = {"sub": user.id, "email": user.email} | ({} if user.name == user.email else {"name": user.name})
        return {
            "Username": user.id,
            "Enabled": enabled,
            "Attributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
        }

    def __call__(self, params: dict[str, Any], **_: object) -> dict[str, Any]:
        self.calls += 1
        start = int(json.loads(params["body"]).get("PaginationToken", 0))
        more = {"PaginationToken": str(start + 2)} if start + 2 < len(self.users) else {}
        return {"Users": self.users[start : start + 2], **more}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(aws: None) -> Any:  # noqa: ARG001 - credentials come first
    return clients.cognito()


@pytest.fixture
def cognito(client: Any, clock: Clock) -> CognitoDirectory:
    return CognitoDirectory(client, "eu-central-1_pool", clock)


@pytest.mark.parametrize("kind", ["memory", "cognito"])
@pytest.mark.parametrize(
    ("owner", "found"),
    [
        (ADA.id, ADA),
        ("ADA.OWNER@example.COM", ADA),
        ("bob@example.com", BOB),
        ("0F3C-ADA", None),
        ("nobody@example.com", None),
        ("", None),
    ],
)
def test_a_user_is_found_by_id_and_by_address_in_any_case(
    client: Any, cognito: CognitoDirectory, kind: str, owner: str, found: User | None
) -> None:
    nameless = User(UserId("no-mail"), "", "No Mail")
    if kind == "memory":
        assert MemoryDirectory([ADA, BOB, nameless]).find(owner) == found
        return
    with answering(client, LIST, Pool(ADA, BOB, nameless)):
        assert cognito.find(owner) == found


def test_users_of_every_page_are_found(client: Any, cognito: CognitoDirectory) -> None:
    users = [User(UserId(f"u-{number}"), f"u{number}@example.com", f"U {number}") for number in range(5)]
    pool = Pool(*users)

    with answering(client, LIST, pool):
        assert [cognito.find(user.id) for user in users] == users

    assert pool.calls == 3


def test_who_is_disabled_is_no_user(client: Any, cognito: CognitoDirectory) -> None:
    pool = Pool(BOB)
    pool.users.append(Pool.entry(ADA, enabled=False))

    with answering(client, LIST, pool):
        assert cognito.find(ADA.id) is None


def test_the_users_are_kept_for_five_minutes(client: Any, cognito: CognitoDirectory, clock: Clock) -> None:
    pool = Pool(ADA)
    with answering(client, LIST, pool):
        for seconds in (0, 299, 1):
            clock.now += timedelta(seconds=seconds)
            assert cognito.find(ADA.id) == ADA

    assert pool.calls == 2


def test_somebody_new_is_looked_for_every_thirty_seconds(client: Any, cognito: CognitoDirectory, clock: Clock) -> None:
    pool = Pool(ADA)
    with answering(client, LIST, pool):
        cognito.find(ADA.id)
        pool.users.append(Pool.entry(BOB))
        clock.now += timedelta(seconds=29)
        assert cognito.find(BOB.id) is None
        assert pool.calls == 1
        clock.now += timedelta(seconds=1)
        assert cognito.find(BOB.id) == BOB

    assert pool.calls == 2


def test_a_pool_out_of_reach_may_be_asked_again(client: Any, cognito: CognitoDirectory) -> None:
    with failing(client, LIST, "TooManyRequestsException"), pytest.raises(Retryable):
        cognito.find(ADA.id)


class Groups:
    """Answers ListUsersInGroup, two users a page."""

    def __init__(self, **members: Sequence[User]) -> None:
        self.members = {name: [Pool.entry(user) for user in users] for name, users in members.items()}

    def __call__(self, params: dict[str, Any], **_: object) -> dict[str, Any]:
        asked = json.loads(params["body"])
        users = self.members[asked["GroupName"]]
        start = int(asked.get("NextToken", 0))
        more = {"NextToken": str(start + 2)} if start + 2 < len(users) else {}
        return {"Users": users[start : start + 2], **more}


CY = User(UserId("c"), "cy@example.com", "Cy")


def test_the_admins_are_the_active_users_of_their_group(cognito: CognitoDirectory, client: Any) -> None:
    groups = Groups(admin=[ADA, BOB, CY])
    groups.members["admin"][1]["Enabled"] = False

    with answering(client, f"{LIST}InGroup", groups):
        assert [user.id for user in cognito.admins()] == [ADA.id, "c"]
    assert MemoryDirectory([BOB], admins=[ADA]).admins() == [ADA]
    assert MemoryDirectory([BOB], admins=[ADA]).find(ADA.id) == ADA


def test_admins_are_among_the_managers_and_each_is_named_once(cognito: CognitoDirectory, client: Any) -> None:
    memory = MemoryDirectory(admins=[ADA, CY], managers=[BOB, ADA])

    with answering(client, f"{LIST}InGroup", Groups(admin=[ADA, CY], manager=[BOB, ADA])):
        assert [user.id for user in cognito.managers()] == [BOB.id, ADA.id, CY.id]
    assert memory.managers() == [BOB, ADA, CY]
    assert memory.find(BOB.email) == BOB
