"""Whole days of deliveries: every invariant holds, and a seed tells one story."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.simulation.run import Scenario, run

DELIVERIES = 50_000
OF_THE_DAY = datetime.now(UTC).date().isoformat()
"""Another story each day; one that fails is told again by its seed."""
STRIKE = (
    "crashed before",
    "crashed after",
    "crashed answer",
    "throttled",
    "unanswered",
    "delivery duplicated",
    "demotion waited",
    "demotion moved at once by its publish",
)


@pytest.mark.parametrize("seed", ["1", "2", "3", OF_THE_DAY])
def test_a_day_with_every_fault_breaks_no_invariant(seed: str) -> None:
    report = run(Scenario(seed, DELIVERIES))

    assert report.findings.told == {}, f"make simulate SEED={seed} DELIVERIES={DELIVERIES}"
    assert report.senders.taken >= 0.99 * DELIVERIES
    assert all(report.faults[kind] > 100 for kind in STRIKE)


def test_a_seed_has_the_same_trace_in_every_process() -> None:
    hashes = {_trace(seed="one", hash_seed=hash_seed) for hash_seed in ("1", "2")}

    assert len(hashes) == 1
    assert _trace(seed="two", hash_seed="1") not in hashes


def _trace(*, seed: str, hash_seed: str) -> str:
    code = (
        "from tests.simulation.run import Scenario, run;"
        f"print(run(Scenario({seed!r}, 500, day=3600.0, echo=3600.0)).trace)"
    )
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": hash_seed}
    )
    return done.stdout.strip()
