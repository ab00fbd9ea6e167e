"""Connectors against stand-ins."""

from collections.abc import Iterator

import pytest

from local.sandboxes.recurly.server import Running, running
from shared.connectors.recurly.client import Recurly
from tests.flow.vendors.recurly_site import TickingClock, connected, site


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def sandbox(clock: TickingClock) -> Iterator[Running]:
    """A site of eight customers at the time of `clock`."""
    with running(site(clock, customers=8)) as found:
        yield found


@pytest.fixture
def recurly(sandbox: Running) -> Iterator[Recurly]:
    with connected(sandbox) as client:
        yield client
