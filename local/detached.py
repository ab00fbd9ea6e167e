"""Starts the supervisor in the background and shows what it says until the stack is ready."""

import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

from local.home import REPOSITORY, Home

_POLL_SECONDS = 0.1


def up(home: Home, arguments: Namespace) -> int:
    """The supervisor's own status where it ends before it is ready."""
    home.logs.mkdir(parents=True, exist_ok=True)
    log = home.logs / "up.log"
    home.stack_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "local", "--home", str(home.folder), "up"]
    with log.open("wb") as output:
        supervisor = subprocess.Popen(
            [*command, *(["--auth"] if arguments.auth else [])],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _follow(home, supervisor, log)
    except BaseException:
        supervisor.terminate()
        supervisor.wait()
        raise


def _follow(home: Home, supervisor: "subprocess.Popen[bytes]", log: Path) -> int:
    with log.open() as said:
        while True:
            ended, ready = supervisor.poll(), home.stack_file.exists()
            sys.stdout.write(said.read())
            sys.stdout.flush()
            if ready:
                return 0
            if ended is not None:
                return ended
            time.sleep(_POLL_SECONDS)
