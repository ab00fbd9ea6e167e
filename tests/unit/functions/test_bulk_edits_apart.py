"""An edit of many accounts of which one kills whoever edits it: the others are edited all the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.tier_trigger.bulk import NO_LONGER_FITS, PAGE, RUN
from shared.accounts.identity import AccountId, TierId
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.published import FIELDS
from shared.runtime.messages import EditMany
from shared.runtime.ports import Run, RunMoved, RunState
from shared.tiers.edits import Action, Edit
from tests.support.builders import NOW, account
from tests.unit.functions.test_bulk_edits import order, stored
from tests.unit.functions.tier_world import MAX_AGE, World

SET = Edit(Action.SET_OVERRIDE, "m-1", NOW, TierId("tier-1"), "a logo", NOW + timedelta(days=30))
NAMES = [f"a{number:02}" for number in range(PAGE + 5)]
KILLER = NAMES[3]


@pytest.fixture
def here() -> World:
    built = World()
    for name in NAMES:
        built.keep(account(name, mrr=640, tier="tier-2"))
    return built


def edited(here: World) -> list[str]:
    return [name for name in NAMES if stored(here, name).override]


def the_run(here: World) -> Run:
    return here.runs.runs[RUN, "b1"]


def kill(here: World) -> None:
    """Whoever writes that account dies."""

    def dies(written: object) -> None:
        if getattr(written, "id", None) == KILLER:
            raise SystemExit("killed")

    here.accounts.before_commit = dies


def test_a_page_that_killed_its_worker_is_handed_on_account_by_account(here: World) -> None:
    order(here, SET, *NAMES)
    here.accounts.before_read = lambda: pytest.fail("one of them may kill whoever looks at it")

    assert here.bring(isolated=True) == []

    alone = [EditMany("b1", AccountId(name)) for name in NAMES[:PAGE]]
    assert here.queued() == [*alone, EditMany("b1")]
    assert (the_run(here).state, the_run(here).done) == (RunState.RUNNING, PAGE)


def test_all_but_the_one_that_kills_are_edited_and_counted(here: World) -> None:
    order(here, SET, *NAMES)
    here.bring(isolated=True)
    kill(here)

    for work in here.taken():
        if work == EditMany("b1", AccountId(KILLER)):
            with pytest.raises(SystemExit):
                here.message(work)
        else:
            assert here.message(work) == []

    assert edited(here) == [name for name in NAMES if name != KILLER]
    others = len(NAMES) - 1
    assert (the_run(here).state, the_run(here).done) == (RunState.SUCCEEDED, len(NAMES))
    assert the_run(here).counts == {"changed": others, "moved": others}


def test_what_is_refused_alone_is_told_by_the_run(here: World) -> None:
    order(here, SET, "none")
    here.bring(isolated=True)
    assert the_run(here).state is RunState.SUCCEEDED

    assert here.bring() == []

    assert the_run(here).counts == {"refused": 1}
    assert [reject["record"] for reject in the_run(here).rejects] == ["none"]


def test_what_is_published_meanwhile_may_refuse_the_last_ones(here: World) -> None:
    here.catalogue({"name": "area", "type": "string"})
    here.now += MAX_AGE
    order(here, SET, when={"field": "area", "op": "=", "value": "north"})
    here.bring(isolated=True)
    here.documents.commit([DocumentChange(Kind.PUBLISHED, FIELDS, 1, {"fields": []})], at=here.now, by="ann", audit=[])
    here.now += MAX_AGE

    assert here.message(EditMany("b1", AccountId(KILLER))) == []

    assert the_run(here).rejects == [{"record": KILLER, "reason": NO_LONGER_FITS}]


def test_a_cancelled_run_edits_nothing_alone_either(here: World) -> None:
    order(here, SET, *NAMES)
    here.bring(isolated=True)
    here.runs.save(replace(the_run(here), state=RunState.CANCELLED))

    while here.queue.sent:
        assert here.bring() == []

    assert edited(here) == []


def test_what_others_count_at_the_same_time_is_not_lost(here: World) -> None:
    order(here, SET, NAMES[0])
    here.bring(isolated=True)
    here.runs.save = moved_once(here, here.runs.save)  # type: ignore[method-assign, assignment]

    assert here.bring() == []

    assert the_run(here).counts == {"changed": 1, "moved": 1, "unchanged": 1}


def moved_once(here: World, save: Callable[[Run], Run]) -> Callable[[Run], Run]:
    """Another worker counts its account just before the first try."""
    others = iter([{"unchanged": 1}])

    def saving(run: Run) -> Run:
        for counts in others:
            save(replace(the_run(here), counts=counts))
            raise RunMoved("others were faster")
        return save(run)

    return saving
