"""Which sources are pulled when: each once when it is due, and a run that fell silent goes on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from functions.crm_sync.schedule import SILENT, UNBEGUN, Begin, Leave, Wake, decide
from shared.accounts.values import Json
from shared.configuration.documents import DocumentChange, Kind
from shared.connectors.ports import PulledPage
from shared.memory.runs import MemoryRuns
from shared.runtime.messages import SyncSource
from shared.runtime.ports import QueueUnavailable, Run, RunState
from tests.unit.functions.sync_house import KIND, LATER, NOW, TICK, House


def newest(state: RunState, *, age: timedelta, worked: timedelta | None = None) -> Run:
    return Run("newest", KIND, state, NOW - age, worked_at=None if worked is None else NOW - worked)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("run", "decision"),
    [
        (None, Begin),
        (newest(RunState.SUCCEEDED, age=HOUR), Begin),
        (newest(RunState.FAILED, age=HOUR), Begin),
        (newest(RunState.CANCELLED, age=HOUR), Begin),
        (newest(RunState.SUCCEEDED, age=HOUR - timedelta(seconds=1)), Leave),
        (newest(RunState.FAILED, age=timedelta(0)), Leave),
        (newest(RunState.QUEUED, age=UNBEGUN - timedelta(seconds=1)), Leave),
        (newest(RunState.QUEUED, age=UNBEGUN), Wake),
        (newest(RunState.QUEUED, age=SILENT, worked=UNBEGUN - timedelta(seconds=1)), Leave),
        (newest(RunState.RUNNING, age=9 * SILENT, worked=SILENT - timedelta(seconds=1)), Leave),
        (newest(RunState.RUNNING, age=9 * SILENT, worked=SILENT), Wake),
    ],
)
def test_a_source_is_due_by_its_newest_run(run: Run | None, decision: type) -> None:
    assert type(decide(HOUR, run, NOW)) is decision


def test_the_schedule_starts_what_is_due_once() -> None:
    house = House()
    house.configure(sync_minutes=60)

    for _ in range(3):
        house.sync.work(TICK, NOW + LATER)

    [run] = house.runs.recent(KIND, limit=9)
    assert (run.state, run.created_at) == (RunState.QUEUED, NOW)
    assert house.sent() == [(SyncSource("recurly", run.id), 0)]


class Blind(MemoryRuns):
    """An index that lags: what was just saved is not listed."""

    def recent(self, kind: str, *, limit: int, since: datetime | None = None) -> Sequence[Run]:
        return super().recent(kind, limit=0 if limit else limit, since=since)


def test_two_ticks_at_once_start_one_run() -> None:
    house = House(runs=Blind())
    house.configure(sync_minutes=60)

    house.sync.work(TICK, NOW + LATER)
    house.sync.work(TICK, NOW + LATER)

    assert len(house.runs.runs) == len(house.sent()) == 1


@pytest.mark.parametrize("source", [{}, {"enabled": False, "sync_minutes": 60}])
def test_a_source_without_a_schedule_or_switched_off_is_not_started(source: dict[str, Json]) -> None:
    house = House()
    house.configure(**source)

    assert house.sync.work(TICK, NOW + LATER) == []


def test_a_source_that_only_sends_is_not_started() -> None:
    house = House()
    change = DocumentChange(Kind.PUBLISHED, "source:generic", 0, {"sync_minutes": 60})
    house.documents.commit([change], at=NOW, by="user-1", audit=())

    assert house.sync.work(TICK, NOW + LATER) == []


def test_a_run_that_lost_its_message_gets_another_once() -> None:
    house = House()
    house.configure(sync_minutes=60)
    stale = house.runs.save(Run("run-1", KIND, RunState.RUNNING, NOW - 2 * SILENT, cursor={"page": "1"}))

    for _ in range(3):
        house.sync.work(TICK, NOW + LATER)

    assert house.sent() == [(SyncSource("recurly", stale.id), 0)]


@pytest.mark.parametrize("source", [{}, {"enabled": False, "sync_minutes": 60}])
def test_a_sync_that_a_person_began_is_found_again_whatever_its_source_is_set_to(source: dict[str, Json]) -> None:
    house = House()
    house.configure(**source)
    run = house.queued()
    house.now = NOW + UNBEGUN

    house.sync.work(TICK, house.now + LATER)
    house.sync.work(TICK, house.now + LATER)

    assert house.sent() == [(SyncSource("recurly", run.id), 0)]
    house.vendor.pages = [PulledPage((), {}, done=True)]
    ended = house.work(until=house.now + LATER)
    assert ended is not None
    assert ended.state is (RunState.FAILED if source else RunState.SUCCEEDED)


def test_a_run_that_the_queue_does_not_take_ends_and_the_next_is_due_as_ever() -> None:
    house = House()
    house.configure(sync_minutes=60)
    house.queue.down = True

    with pytest.raises(QueueUnavailable):
        house.sync.work(TICK, NOW + LATER)

    assert [run.state for run in house.runs.recent(KIND, limit=9)] == [RunState.FAILED]
    house.queue.down, house.now = False, NOW + HOUR
    assert len(house.sync.work(TICK, NOW + LATER)) == 1
