"""What every store of runs, source reports and watermarks holds to."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from shared.aws.dynamodb.runs import _attributes, _run
from shared.runtime.messages import DecideAll, read, write
from shared.runtime.ports import Run, RunMoved, RunState, Watermarks
from shared.runtime.works import works
from tests.contract.builders import NOW
from tests.contract.conftest import Runs

MINUTE = timedelta(minutes=1)


def run(run_id: str = "r-1", kind: str = "sync:recurly", *, minutes: int = 0) -> Run:
    return Run(run_id, kind, RunState.QUEUED, NOW + minutes * MINUTE)


def test_a_run_comes_back_exactly(runs: Runs) -> None:
    full = replace(
        run(),
        state=RunState.FAILED,
        done=7,
        total=9,
        finished_at=NOW + MINUTE,
        worked_at=NOW + MINUTE,
        revision=3,
        cursor={"begin_time": "2026-11-22T07:00:00Z"},
        counts={"records": 7},
        rejects=({"record": "recurly:ß", "reason": ""},),
        error="429",
        order={"ids": ["acme"], "when": {"field": "mrr", "op": ">=", "value": Decimal("0.10")}, "dry_run": False},
    )

    saved = runs.save(full)

    assert saved == replace(full, version=1)
    assert runs.get("sync:recurly", "r-1") == saved


def test_a_run_that_comes_back_says_what_it_is_done_by(runs: Runs) -> None:
    order = {"policy_version": 8, "segments": 2, "cause": "tiers"}
    runs.save(replace(run(kind="publish"), order=order))

    found = runs.get("publish", "r-1")

    assert found is not None
    walks = [DecideAll("r-1", 8, segment, 2, None, "tiers") for segment in (0, 1)]
    assert [read(write(work).body, (DecideAll,)) for work in works(found)] == walks


def test_a_row_that_was_kept_before_there_were_orders_has_none() -> None:
    row = _attributes(run())
    row["body"] = row["body"].replace(',"order":{}', "")

    found = _run({name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in row.items()})

    assert '"order"' not in row["body"]
    assert found == run()


def test_the_second_of_two_writers_is_told_that_the_run_moved(runs: Runs) -> None:
    saved = runs.save(run())
    runs.save(replace(saved, state=RunState.CANCELLED))

    with pytest.raises(RunMoved):
        runs.save(replace(saved, done=1))
    with pytest.raises(RunMoved):
        runs.save(run())

    found = runs.get("sync:recurly", "r-1")
    assert found is not None
    assert found.state is RunState.CANCELLED


@pytest.mark.parametrize("hostile", ["", "x" * 3_000, "\ud800", "nobody"])
def test_a_run_that_is_not_there_is_none(runs: Runs, hostile: str) -> None:
    runs.save(run())

    assert runs.get("sync:recurly", hostile) is None
    assert runs.get(hostile, "r-1") is None


def test_recent_runs_come_newest_first(runs: Runs) -> None:
    for number in (2, 0, 3, 1):
        runs.save(run(f"r-{9 - number}", minutes=number))
    runs.save(run("other", "publish", minutes=9))
    latest = runs.get("sync:recurly", "r-6")
    assert latest is not None
    runs.save(replace(latest, done=1))

    assert [(found.id, found.done) for found in runs.recent("sync:recurly", limit=3)] == [
        ("r-6", 1),
        ("r-7", 0),
        ("r-8", 0),
    ]
    assert list(runs.recent("sync:none", limit=3)) == []


def test_recent_runs_are_none_from_before_the_moment_asked_for(runs: Runs) -> None:
    for number in range(4):
        runs.save(run(f"r-{number}", minutes=number))

    assert [found.id for found in runs.recent("sync:recurly", limit=9, since=NOW + 2 * MINUTE)] == ["r-3", "r-2"]
    assert [found.id for found in runs.recent("sync:recurly", limit=1, since=NOW)] == ["r-3"]
    assert list(runs.recent("sync:recurly", limit=9, since=NOW + 4 * MINUTE)) == []


def test_what_is_noted_of_a_source_adds_up(runs: Runs) -> None:
    assert runs.status("recurly") == {}
    runs.note("recurly", at=NOW, counts={"deliveries": 2, "unmapped.größe": 1, "none": 0}, rejects=[])
    runs.note("recurly", at=NOW + MINUTE, counts={"deliveries": 3}, rejects=[{"record": "r", "reason": "ß"}])
    runs.note("stripe", at=NOW, counts={}, rejects=[])

    assert runs.status("recurly") == {
        "last_at": NOW + MINUTE,
        "counts": {"deliveries": 5, "unmapped.größe": 1},
        "rejects": [{"record": "r", "reason": "ß"}],
    }
    assert runs.status("stripe") == {"last_at": NOW, "counts": {}, "rejects": []}


def test_the_newest_fifty_rejects_stay(runs: Runs) -> None:
    for start in (0, 30, 60):
        rejects = [{"record": f"r{start + number}", "reason": "no rate"} for number in range(30)]
        runs.note("recurly", at=NOW, counts={}, rejects=rejects)

    kept = runs.status("recurly")["rejects"]

    assert isinstance(kept, list)
    assert [reject["record"] for reject in kept] == [f"r{n}" for n in (*range(60, 90), *range(30, 50))]


def test_a_watermark_never_goes_back(watermarks: Watermarks) -> None:
    assert watermarks.get("accounts") is None

    for step, reached in ((1, 1), (3, 3), (3, 3), (2, 3)):
        watermarks.advance("accounts", NOW + step * MINUTE)

        assert watermarks.get("accounts") == NOW + reached * MINUTE
    assert watermarks.get("notices") is None
