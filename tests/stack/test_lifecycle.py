"""What a local stack leaves behind however it ends: its state, and nothing that runs."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.home import REPOSITORY, Home
from local.lock import is_running, stop
from local.waiting import wait_for

START = """
import signal, sys
from pathlib import Path
from local.home import Home
from local.stack import Options, running
for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background jobs begin with SIGINT ignored
    signal.signal(number, signal.default_int_handler)
with running(Home(Path(sys.argv[1])), Options(default_ports=False)) as stack:
    stack.clients("lambda").invoke(FunctionName=stack.emulated.functions["clock"])
    print("ready", flush=True)
    sys.stdin.read()
"""
SECONDS = 180.0


@contextmanager
def supervisor(home: Home) -> Iterator["subprocess.Popen[str]"]:
    """A stack that is deployed and has a worker, in a process of its own."""
    command = [sys.executable, "-c", START, str(home.folder)]
    with subprocess.Popen(  # noqa: S603  # ours
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        said = iter(process.stdout.readline, "")
        assert any(line == "ready\n" for line in said)
        yield process


def processes(home: Home) -> list[str]:
    """The command lines of whatever runs the home's files: the supervisor and the functions' workers."""
    listed = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True)  # noqa: S607  # of the system
    return [line for line in listed.stdout.splitlines() if re.search(rf"{re.escape(str(home.folder))}(/|\s|$)", line)]


def assert_nothing_runs(home: Home) -> None:
    wait_for("the end of every process", lambda: not (is_running(home) or processes(home)), seconds=SECONDS)
    assert (home.state / "dynamodb.json").exists()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_ctrl_c_leaves_the_state_and_nothing_that_runs(home: Home) -> None:
    with supervisor(home) as process:
        assert any("_worker.py" in line for line in processes(home))
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)
    assert_nothing_runs(home)
    assert not home.scratch.exists()


def test_make_down_leaves_the_state_and_nothing_that_runs(home: Home) -> None:
    with supervisor(home):
        assert stop(home, seconds=SECONDS)
    assert_nothing_runs(home)
    assert not home.scratch.exists()


def test_a_killed_supervisor_leaves_the_state_and_nothing_that_runs(home: Home) -> None:
    with supervisor(home) as process:
        os.kill(process.pid, signal.SIGKILL)
    assert_nothing_runs(home)
