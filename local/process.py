"""The supervisor's children: each on a leash, in a process group of its own, stopped to the last of the group."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import urllib3

from local.home import REPOSITORY

_LEASH = REPOSITORY / "local" / "leash.py"
_POLL_SECONDS = 0.05


class ChildFailed(Exception):
    """A child process ended or did not answer in time; the message names its log."""


@dataclass(slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until_healthy(self, url: str, *, seconds: float) -> None:
        """Returns once `url` answers 200; raises ChildFailed."""
        pool = urllib3.PoolManager(retries=False, timeout=2.0)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ChildFailed(f"{self.name} ended with status {self.process.returncode}: see {self.log}")
            try:
                if pool.request("GET", url).status == 200:  # noqa: PLR2004  # OK
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(_POLL_SECONDS)
        raise ChildFailed(f"{self.name} did not answer at {url} within {seconds:.0f} s: see {self.log}")

    def stop(self, *, grace_seconds: float = 20.0) -> None:
        """SIGTERM, so that it can save its state, then SIGKILL for whatever is left of its group."""
        self.process.terminate()
        try:
            self.process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _kill_group(self.process.pid)
            self.process.wait()
            if self.process.stdin:
                self.process.stdin.close()


def start(
    name: str,
    module: Sequence[str],
    *,
    python: Path = Path(sys.executable),
    environment: Mapping[str, str],
    log: Path,
    lock: IO[str],
    import_repository: bool = False,
) -> Child:
    """Starts `module` and its arguments. It holds `lock` too: the lock is free when the last of the stack is gone."""
    log.parent.mkdir(parents=True, exist_ok=True)
    paths = {"PYTHONPATH": str(REPOSITORY)} if import_repository else {}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(python), "-P", str(_LEASH), *module],
            env={**environment, **paths},
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock.fileno(),),
        )
    return Child(name, process, log)


def run(command: Sequence[str], *, environment: Mapping[str, str]) -> None:
    """Runs a tool to its end; raises ChildFailed with what it said. Nothing of it outlives an interruption."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    finally:
        _kill_group(process.pid)
        process.wait()
    if process.returncode:
        raise ChildFailed(f"{' '.join(command)} ended with status {process.returncode}:\n{output.rstrip()}")


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # gone; macOS says EPERM of a group of zombies
        return
