import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.connectors.ports import Hint
from shared.connectors.recurly.client import connect
from tests.flow.vendors.recurly_site import BEGIN, USD

ROOT = Path(__file__).parents[3]


@contextmanager
def process(state: Path) -> Iterator[str]:
    """The command, until it stopped as told."""
    command = [sys.executable, "-m", "local.sandboxes.recurly", "--state", str(state), "--accounts", "3"]
    environment = {"PATH": os.defpath, "RECURLY_SANDBOX_API_KEY": "from-the-environment"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - our own module
        assert child.stdout is not None
        try:
            yield json.loads(child.stdout.readline())["url"]
        finally:
            child.send_signal(signal.SIGTERM)
            assert child.wait(timeout=30) == 0


def test_the_command_says_where_it_listens_and_stops_when_told(tmp_path: Path) -> None:
    with (
        process(tmp_path / "site.json") as url,
        connect("from-the-environment", base_url=url, loopback=True) as recurly,
    ):
        (record,) = recurly.fetch(Hint("account/code-acme"), rates=USD, now=BEGIN)
    assert record.properties["mrr"] == "1225.00"
    assert (tmp_path / "site.json").exists()
