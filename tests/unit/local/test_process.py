import os
import sys
from pathlib import Path

import pytest

from local.home import Home
from local.lock import held
from local.process import Child, ChildFailed, run, start

STUBBORN = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
with open("PIDS.part", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename("PIDS.part", "PIDS")
while True:
    signal.pause()
"""


def started(folder: Path, code: str) -> Child:
    (folder / "child_module.py").write_text(code.replace("PIDS", str(folder / "pids")))
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    with held(Home(folder)) as lock:
        return start("child", ["child_module"], environment=environment, log=folder / "log", lock=lock)


def wait_for(file: Path) -> str:
    while not file.exists():
        pass
    return file.read_text()


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet waited for doesn't."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_stopping_leaves_nothing_of_the_childs_group(tmp_path: Path) -> None:
    child = started(tmp_path, STUBBORN)
    pids = [int(pid) for pid in wait_for(tmp_path / "pids").split()]
    child.stop(grace_seconds=0.1)
    while any(alive(pid) for pid in pids):  # what is killed needs a moment to end
        pass


def test_a_child_ends_when_its_leash_is_let_go(tmp_path: Path) -> None:
    child = started(tmp_path, "import signal\nopen('PIDS', 'w').close()\nsignal.pause()")
    wait_for(tmp_path / "pids")
    assert child.process.stdin
    child.process.stdin.close()
    assert child.process.wait(10) != 0


@pytest.mark.usefixtures("socket_enabled")
def test_a_child_that_ended_is_not_waited_for(tmp_path: Path) -> None:
    child = started(tmp_path, "raise SystemExit(3)")
    with pytest.raises(ChildFailed, match=r"ended with status 3: see .*log"):
        child.wait_until_healthy("http://127.0.0.1:1/", seconds=60)
    child.stop()


def test_a_tool_that_fails_is_quoted() -> None:
    with pytest.raises(ChildFailed, match="status 2:\nno such thing"):
        run([sys.executable, "-c", "print('no such thing'); raise SystemExit(2)"], environment=os.environ)
