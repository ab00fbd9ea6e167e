"""stack.json: what tests and tools read of a running stack, and how one is reached."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from local.home import Home, write_private


class NotRunning(Exception):
    """No local stack runs in this home."""


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SandboxAddress:
    url: str
    api_key: str


@dataclass(frozen=True, slots=True)
class Stack:
    endpoint: str
    api_url: str
    webhook_url: str
    mailbox_url: str
    webhook_secrets: Mapping[str, str]
    sandboxes: Mapping[str, SandboxAddress]
    users: Mapping[str, Login]


def write(home: Home, stack: Stack) -> None:
    write_private(home.stack_file, json.dumps(asdict(stack), indent=2))


def read(home: Home) -> Stack:
    """Raises NotRunning."""
    try:
        fields = json.loads(home.stack_file.read_text())
    except FileNotFoundError as error:
        raise NotRunning("no local stack is running: start it with `make up`") from error
    return Stack(
        **{
            **fields,
            "sandboxes": {name: SandboxAddress(**sandbox) for name, sandbox in fields["sandboxes"].items()},
            "users": {key: Login(**login) for key, login in fields["users"].items()},
        }
    )
