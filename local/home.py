"""Where one local stack keeps its things: state that survives a restart, logs, and what tools read while it runs."""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.state import mend

REPOSITORY = Path(__file__).resolve().parent.parent
BUILD = REPOSITORY / ".build"
"""What is made of the tree and can be made again: the synthesized templates, the dependency layer."""

DEFAULT_PORTS = {"emulator": 4566, "mailbox": 8025, "recurly": 8026}


@dataclass(frozen=True, slots=True)
class Home:
    """One stack's folder. Two stacks at once need two."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def objects(self) -> Path:
        return self.folder / "s3"

    @property
    def scratch(self) -> Path:
        """The emulator's TMPDIR: its workers' unpacked code. Removed at the stop."""
        return self.folder / "tmp"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def supervisor(self) -> Path:
        return self.folder / "supervisor"

    @property
    def stack_file(self) -> Path:
        return self.folder / "stack.json"

    @property
    def kept_file(self) -> Path:
        return self.folder / "kept.json"

    @property
    def mails(self) -> Path:
        return self.folder / "mails.json"

    @property
    def recurly_state(self) -> Path:
        return self.folder / "recurly.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is drawn once and stays the same over restarts: addresses stand in mails, secrets at senders."""

    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    passwords: Mapping[str, str]


def keep(home: Home, *, secret_names: tuple[str, ...], people: tuple[str, ...], default_ports: bool) -> Kept:
    """What was kept, with what is missing drawn and a port that another program took replaced."""
    try:
        old = json.loads(home.kept_file.read_text())
    except FileNotFoundError:
        old = {"ports": DEFAULT_PORTS if default_ports else {}, "secrets": {}, "passwords": {}}
    ports = _free_ports(old["ports"])
    mend(home.state, home.mails, port_before=old["ports"].get("emulator"), port=ports["emulator"])
    kept = Kept(
        ports=ports,
        secrets={name: old["secrets"].get(name) or secrets.token_hex(32) for name in secret_names},
        passwords={name: old["passwords"].get(name) or _password() for name in people},
    )
    write_private(
        home.kept_file,
        json.dumps({"ports": kept.ports, "secrets": kept.secrets, "passwords": kept.passwords}, indent=2),
    )
    return kept


def write_private(file: Path, text: str) -> None:
    """Readable by its owner alone, and whole at every moment."""
    half = file.with_suffix(".part")
    half.touch(mode=0o600)
    half.write_text(text + "\n")
    half.replace(file)


def _password() -> str:
    """One that any user pool's policy takes: upper and lower case, a digit, a symbol."""
    return f"Tw1-{secrets.token_urlsafe(12)}"


def _free_ports(wanted: Mapping[str, int]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for name in DEFAULT_PORTS:
        port = wanted.get(name)
        chosen[name] = port if port and port not in chosen.values() and _is_free(port) else _any_free()
    return chosen


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
