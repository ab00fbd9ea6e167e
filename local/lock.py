"""One stack a home: who starts it holds the home's lock, and so does each of its children to their end.

The supervisor alone holds a second one, with its process's id in it: where it is free, the supervisor died and its
children are ending by themselves.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local.home import Home

_POLL_SECONDS = 0.1


class AlreadyRunning(Exception):
    """A stack of this home runs, or is still stopping."""


class StillRunning(Exception):
    """A stack did not stop in time."""


@contextmanager
def held(home: Home) -> Iterator[IO[str]]:
    """Yields the lock to hand on to children. Raises AlreadyRunning."""
    home.folder.mkdir(parents=True, exist_ok=True)
    with home.lock.open("a") as lock, home.supervisor.open("a+") as supervisor:
        if not (_take(lock) and _take(supervisor)):
            raise AlreadyRunning(f"a local stack of {home.folder} is running already")
        supervisor.truncate(0)
        supervisor.write(str(os.getpid()))
        supervisor.flush()
        yield lock


def is_running(home: Home) -> bool:
    """Whether anything is left of a stack of this home."""
    return home.lock.exists() and not _is_free(home.lock)


def stop(home: Home, *, seconds: float) -> bool:
    """Stops the stack of this home and waits until nothing of it is left; False where none ran. Raises StillRunning."""
    if not is_running(home):
        return False
    supervisor = int(home.supervisor.read_text())
    if not _is_free(home.supervisor):
        os.kill(supervisor, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while is_running(home) or not _has_ended(supervisor):
        if time.monotonic() > deadline:
            raise StillRunning(f"the local stack of {home.folder} did not stop within {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
    return True


def _has_ended(process: int) -> bool:
    """A process that only waits to be noted by its parent has ended."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()[:1] in ("", "Z")


def _is_free(path: Path) -> bool:
    with path.open("a") as file:
        return _take(file)


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
