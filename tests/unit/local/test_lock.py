import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from local.home import REPOSITORY, Home
from local.lock import AlreadyRunning, StillRunning, held, is_running, stop

HOLD = "import sys; print('up', flush=True); sys.stdin.read()"
SUPERVISE = """
import sys
from pathlib import Path
from local.home import Home
from local.lock import held
with held(Home(Path(sys.argv[1]))):
    print("up", flush=True)
    sys.stdin.read()
"""


@contextmanager
def process(code: str, *arguments: str, fds: tuple[int, ...] = ()) -> Iterator["subprocess.Popen[bytes]"]:
    """One that said "up"."""
    command = [sys.executable, "-c", code, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=fds, cwd=REPOSITORY) as child:  # noqa: S603  # ours
        assert child.stdout
        assert child.stdout.readline() == b"up\n"
        yield child


def test_a_home_has_one_stack_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with held(home):
        with pytest.raises(AlreadyRunning), held(home):
            pass
        assert is_running(home)
    assert not is_running(home)


def test_two_homes_have_two(tmp_path: Path) -> None:
    with held(Home(tmp_path / "one")), held(Home(tmp_path / "two")):
        pass


def test_a_stack_runs_while_one_of_its_children_does(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with ExitStack() as children:
        with held(home) as lock:
            children.enter_context(process(HOLD, fds=(lock.fileno(),)))
        assert is_running(home)
        with pytest.raises(StillRunning):
            stop(home, seconds=0)
    assert not is_running(home)


def test_stop_ends_the_supervisor(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with process(SUPERVISE, str(tmp_path)) as supervisor:
        assert stop(home, seconds=30)
        assert supervisor.wait() == -signal.SIGTERM
    assert not is_running(home)


def test_stop_says_when_nothing_runs(tmp_path: Path) -> None:
    assert not stop(Home(tmp_path), seconds=1)
