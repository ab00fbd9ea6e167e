"""Whole days of deliveries: every invariant holds, and a seed tells one story."""

import subprocess
import sys

from tests.simulation.run import Scenario, run

HOUR = 3_600.0


def test_a_short_day_with_every_fault_breaks_no_invariant() -> None:
    report = run(Scenario("short", 2_000, day=6 * HOUR, echo=8 * HOUR))

    assert report.findings.told == {}
    assert report.senders.taken >= 2_000
    assert all(report.faults[kind] for kind in ("crashed before", "crashed after", "throttled", "unanswered"))


def test_a_seed_has_the_same_trace_in_every_process() -> None:
    hashes = {_trace(seed="one", hash_seed=hash_seed) for hash_seed in ("1", "2")}

    assert len(hashes) == 1
    assert _trace(seed="two", hash_seed="1") not in hashes


def _trace(*, seed: str, hash_seed: str) -> str:
    code = (
        "from tests.simulation.run import Scenario, run;"
        f"print(run(Scenario({seed!r}, 300, day=3600.0, echo=3600.0)).trace)"
    )
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": hash_seed}
    )
    return done.stdout.strip()
