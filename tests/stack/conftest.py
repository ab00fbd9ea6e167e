"""One private stack for the whole suite: on free ports, in a folder of its own, stopped at the end.

`AUTH=true` enforces each function's role, as AWS does.
"""

import os
from collections.abc import Iterator

import pytest

from local.home import Home
from local.stack import Options, running
from tests.stack.deployed import Deployed


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    options = Options(enforce_iam=os.environ.get("AUTH") == "true", default_ports=False)
    with running(Home(tmp_path_factory.mktemp("stack")), options) as stack:
        yield Deployed(stack)
