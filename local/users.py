"""The people of the demo: one for each role, and a few CSMs who own accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.emulated import Emulated, find
from local.emulator import Clients
from local.stackfile import Stack


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    """By which tools name the user: a role, for one user of each."""
    name: str
    role: str

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.com"


PEOPLE = (
    Person("admin", "Ada Novak", "admin"),
    Person("manager", "Marc Lindqvist", "manager"),
    Person("csm", "Carla Mendes", "csm"),
    Person("viewer", "Victor Hahn", "viewer"),
    Person("csm-2", "Dana Okafor", "csm"),
    Person("csm-3", "Erin Walsh", "csm"),
    Person("csm-4", "Farid Rahimi", "csm"),
)
CSMS = tuple(person for person in PEOPLE if person.role == "csm")


def create(clients: Clients, emulated: Emulated, passwords: Mapping[str, str]) -> None:
    """Creates who is missing; a user that exists keeps what was changed."""
    cognito = clients("cognito-idp")
    listed = cognito.get_paginator("list_users").paginate(UserPoolId=emulated.user_pool).build_full_result()["Users"]
    known = {attribute["Value"] for user in listed for attribute in user["Attributes"] if attribute["Name"] == "email"}
    for person in PEOPLE:
        if person.email not in known:
            _create(cognito, emulated.user_pool, person, passwords[person.key])


def login(stack: Stack, key: str) -> str:
    """An access token of the user with that key."""
    clients = Clients(stack.endpoint)
    answer = clients("cognito-idp").initiate_auth(
        ClientId=find(clients).user_pool_client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": stack.users[key].email, "PASSWORD": stack.users[key].password},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])


def _create(cognito: Any, pool: str, person: Person, password: str) -> None:
    attributes = {"email": person.email, "email_verified": "true", "name": person.name}
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=person.email,
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        MessageAction="SUPPRESS",
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=person.email, Password=password, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=person.email, GroupName=person.role)
