"""One private stack for nearly the whole suite: on free ports, in a folder of its own, stopped at the end.

`AUTH=true` enforces each function's role, as AWS does.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.home import Home
from local.stack import Options, running
from local.warm import warm
from tests.stack.breaker import expect_many_demotions
from tests.stack.customers import hire, point_at_sandbox
from tests.stack.deployed import Deployed
from tests.stack.metering import Meter

FIRST = ("test_faults.py", "test_worlds.py")
"""Before all others: their stacks, which are busy, are gone when the suite's starts, whose calls are counted."""
COUNTED = ("test_costs.py", "test_fifty.py")
"""Before what leaves mails that wait for their time: one that goes out while calls are counted is counted with them."""
LAST = ("test_logs.py", "test_contract.py", "test_grants.py")
"""After all others, in this order: what they all logged is looked at; then whatever a user may change is changed; then
what they all asked of their roles is looked at.
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hooks of a folder get the items of all suites."""
    here = Path(__file__).parent
    items.sort(key=lambda item: _place(item.path.name) if item.path.parent == here else 0)


def _place(name: str) -> int:
    if name in LAST:
        return LAST.index(name) + 1
    return -2 if name in FIRST else -1 if name in COUNTED else 0


@pytest.fixture(scope="session")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Meter:
    return Meter(tmp_path_factory.mktemp("meter") / "calls.jsonl")


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, meter: Meter) -> Iterator[Deployed]:
    """Warm, its Recurly source set up at the sandbox, and nothing in it yet."""
    options = Options(
        enforce_iam=os.environ.get("AUTH") == "true", default_ports=False, environment=meter.environment()
    )
    with running(Home(tmp_path_factory.mktemp("stack")), options) as stack:
        found = Deployed(stack)
        hire(found)
        warm(stack)
        point_at_sandbox(found)
        expect_many_demotions(found)
        yield found
