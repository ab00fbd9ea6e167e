"""What one webhook costs, by what it changes: counted, and held to the numbers in `cost/counts.json`.

`COUNTS=keep` (`make counts`) puts what is counted in their place.
"""

import os

import pytest

from cost import counts
from cost.counts import Kind
from tests.stack.counting import Counting
from tests.stack.customers import HIGH, LOW, customers
from tests.stack.deployed import Deployed
from tests.stack.metering import Meter

TIMES = 2
"""Each kind is counted so often; five mails in ten minutes are one recipient's most."""


@pytest.fixture(scope="module")
def counted(deployed: Deployed, meter: Meter) -> Counting:
    """The first of each kind is not counted: it finds caches cold, plans unknown and windows closed."""
    [customer] = customers(deployed, 1, "costs", last=True)
    for counting in (Counting(deployed, meter, customer), found := Counting(deployed, meter, customer)):
        for number in range(1, TIMES + 1 if counting is found else 2):
            counting.count(Kind.VALUE, HIGH + number)
            counting.count(Kind.NOT_NEWER, None)
            counting.count(Kind.TIER_AND_MAIL, LOW)
            counting.count(Kind.TIER, HIGH)
    if os.environ.get("COUNTS") == "keep":
        counts.keep({kind: one.a_webhook for kind, one in found.sums.items()})
    return found


@pytest.mark.parametrize("kind", Kind)
def test_a_webhook_costs_what_is_kept(kind: Kind, counted: Counting) -> None:
    one = counted.sums[kind]
    times = ", ".join(f"{function} {ms / one.webhooks:.1f}" for function, ms in sorted(one.cpu_ms.items()))
    print(f"\n{kind.words}: CPU ms {times}")  # noqa: T201 - the figures are what the run is for

    assert list(counts.differences(kind, one.a_webhook, counts.kept()[kind])) == []
