"""Runs one local stack: starts its processes in order, deploys, and takes everything down again."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from local import emulated, parameters, stackfile, users
from local.console import step
from local.emulated import Emulated
from local.emulator import Clients, api_url, endpoint, start_emulator
from local.home import Home, Kept, keep
from local.lock import held
from local.mailbox.server import serve
from local.process import Child
from local.rollout import prepare, roll_out
from local.sandbox import start_sandbox
from local.stackfile import Login, SandboxAddress, Stack


@dataclass(frozen=True, slots=True)
class Options:
    enforce_iam: bool = False
    """Each function may do only what its role grants, as on AWS."""
    default_ports: bool = True
    """The addresses that the guides name, where they are free."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """More of it for the emulator, and so for the functions that it runs."""


@dataclass(frozen=True, slots=True)
class Running:
    stack: Stack
    clients: Clients
    emulated: Emulated
    children: Sequence[Child]


@contextmanager
def running(home: Home, options: Options) -> Iterator[Running]:
    """A deployed stack for as long as the body runs; its state stays for the next time.

    Raises AlreadyRunning, ChildFailed, DeployFailed, UnknownResourceType.
    """
    with held(home) as lock, ExitStack() as undo:
        _clear(home)
        people = tuple(person.key for person in users.PEOPLE)
        kept = keep(home, secret_names=parameters.DRAWN, people=people, default_ports=options.default_ports)
        secrets = parameters.in_use(kept.secrets)
        stack = _addresses(kept, secrets)
        stacks = prepare()
        undo.callback(_clear, home)
        with step("Start MiniStack"):
            port = kept.ports["emulator"]
            emulator = start_emulator(home, options.environment, port=port, enforce_iam=options.enforce_iam, lock=lock)
            undo.callback(emulator.stop)
        clients = Clients(stack.endpoint)
        roll_out(clients, stacks, public_url=stack.api_url)
        found = emulated.find(clients)
        parameters.write(clients, found.secrets_prefix, secrets)
        users.create(clients, found, kept.passwords)
        sandbox = start_sandbox(home, stack, lock=lock)
        undo.callback(sandbox.stop)
        undo.enter_context(serve(stack.endpoint, kept.ports["mailbox"], home.mails))
        yield Running(stack, clients, found, [emulator, sandbox])


@contextmanager
def announced(home: Home, stack: Stack) -> Iterator[None]:
    """stack.json stands for as long as the body runs: who sees it finds everything ready."""
    stackfile.write(home, stack)
    try:
        yield
    finally:
        home.stack_file.unlink(missing_ok=True)


def _clear(home: Home) -> None:
    """Of what is there only while a stack runs; one that was killed leaves it."""
    home.stack_file.unlink(missing_ok=True)
    shutil.rmtree(home.scratch, ignore_errors=True)


def _addresses(kept: Kept, secrets: Mapping[str, str]) -> Stack:
    api = api_url(kept.ports["emulator"])
    return Stack(
        endpoint=endpoint(kept.ports["emulator"]),
        api_url=api,
        webhook_url=f"{api}/webhooks",
        mailbox_url=f"http://127.0.0.1:{kept.ports['mailbox']}",
        webhook_secrets={source: secrets[f"webhook/{source}"] for source in ("generic", "recurly")},
        sandboxes={"recurly": SandboxAddress(f"http://127.0.0.1:{kept.ports['recurly']}", secrets["api/recurly"])},
        users={person.key: Login(person.email, kept.passwords[person.key]) for person in users.PEOPLE},
    )
