"""A walk decides every account once a policy is published, whatever comes twice, crashes or is superseded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from functions.tier_trigger.pages import PAGES, WAIT_SECONDS
from functions.tier_trigger.walk import PAGE, PATIENCE
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, FieldName
from shared.accounts.standing import Cause
from shared.runtime.failures import Retryable
from shared.runtime.messages import DecideAccounts, DecideAll
from shared.runtime.ports import RunMoved, RunState
from tests.support.builders import account, update
from tests.unit.functions.tier_world import MAX_AGE, World

MANY = PAGE * PAGES + 10

MRR = FieldName("mrr")


@pytest.fixture(scope="module")
def _accounts() -> list[Account]:
    return [account(f"a{number:04}", mrr=640) for number in range(MANY)]


@pytest.fixture
def here(_accounts: list[Account]) -> World:
    built = World()
    for entry in _accounts:
        built.keep(entry)
    return built


def raise_next(errors: Iterator[BaseException]) -> None:
    """If there is one."""
    for error in errors:
        raise error


def finish(here: World) -> int:
    """Brings the queue's messages until there are none; answers with how many times."""
    times = 0
    while here.queue.sent:
        assert here.bring() == []
        times += 1
    return times


def tiers(here: World) -> set[Any]:
    return {entry.standing.tier for entry in here.accounts.accounts.values()}


def test_every_account_is_decided_and_the_run_says_so(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    assert finish(here) == 2
    assert tiers(here) == {"tier-1"}
    assert (here.run.state, here.run.done, here.run.counts) == (RunState.SUCCEEDED, MANY, {"changed": MANY})
    assert here.run.finished_at == here.now
    assert {row.cause for rows in here.accounts.rows.values() for row in rows} == {"policy"}


def test_values_are_combined_anew_under_the_catalogue_in_force(here: World) -> None:
    here.keep(account("other-tier", update(mrr=500), update("generic:x", mrr=1200)))
    here.keep(account("other-value", update(mrr=640), update("generic:x", mrr=700)))
    here.order(1)
    finish(here)
    here.catalogue({"name": "mrr", "sources": ["generic", "recurly"]})
    here.now += MAX_AGE
    seen = len(here.accounts.changes)

    here.order(1, run_id="r2")
    finish(here)

    assert [(cause, after.id, after.values[MRR]) for cause, _, after in here.accounts.changes[seen:]] == [
        (Cause.TIER, "other-tier", 12_000_000),
        (Cause.DATA, "other-value", 7_000_000),
    ]
    assert here.tier("other-tier") == "tier-1"


def test_an_account_that_fails_in_a_walk_is_combined_anew_when_it_comes_again(here: World) -> None:
    here.keep(account("other-value", update(mrr=640), update("generic:x", mrr=700)))
    here.catalogue({"name": "mrr", "sources": ["generic", "recurly"]})
    failing = iter([Retryable("throttled")])

    def fail(written: Account) -> None:
        if written.id == "other-value":
            raise_next(failing)

    here.accounts.before_commit = fail

    here.order(1)
    finish(here)

    assert here.accounts.accounts[AccountId("other-value")].values[MRR] == 7_000_000


def test_a_page_that_killed_its_worker_is_handed_on_account_by_account(here: World) -> None:
    """On the isolation queue a walk looks at no account: one of them may have been it."""
    here.publish(7)
    here.publish(8, otherwise="tier-1", holds="skip")
    here.order(8, holds="skip")
    here.accounts.before_read = lambda: raise_next(iter([SystemExit("killed")]))

    assert here.bring(isolated=True) == []

    page = sorted(here.accounts.accounts)[:PAGE]
    alone = [DecideAccounts((each,), "policy", skipping=8, recombine=True) for each in page]
    *handed_on, walk = here.queued()
    assert handed_on == alone
    assert isinstance(walk, DecideAll)
    assert (here.run.state, here.run.done, here.run.counts) == (RunState.RUNNING, PAGE, {})

    here.accounts.before_read = lambda: None
    finish(here)
    assert tiers(here) == {"tier-1"}
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, MANY)


def test_the_last_page_that_killed_its_worker_ends_the_walk() -> None:
    here = World()
    here.keep(account("acme", mrr=640))
    here.publish(8, otherwise="tier-1")
    here.order(8)

    assert here.bring(isolated=True) == []

    assert here.queued() == [DecideAccounts((AccountId("acme"),), "policy", recombine=True)]
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, 1)


def test_segments_share_the_run(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8, segments=4)
    finish(here)
    assert tiers(here) == {"tier-1"}
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, MANY)


def test_messages_that_come_twice_change_nothing(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    here.queue.sent *= 2
    while here.queue.sent:
        here.bring()
        here.queue.sent *= 2 if here.run.state is RunState.RUNNING and len(here.queue.sent) < 8 else 1
    assert (here.run.done, here.run.counts) == (MANY, {"changed": MANY})
    assert {len(rows) for rows in here.accounts.rows.values()} == {1}


def test_a_walk_that_broke_off_takes_up_what_is_left(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    first = here.queue.sent[0]
    here.queue.down = True
    here.queue.sent = [first]
    assert here.bring() == ["0"]
    here.queue.down = False
    here.queue.send([first])
    finish(here)
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, MANY)


def slow(here: World, seconds: int) -> list[datetime]:
    """Each page takes so long; when they begin."""
    begun: list[datetime] = []

    def wait() -> None:
        begun.append(here.now)
        here.now += timedelta(seconds=seconds)

    here.accounts.before_read = wait
    return begun


def test_a_walk_whose_time_is_up_goes_on_in_another_message(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    begun, first = slow(here, 15), here.now

    assert here.bring() == []

    assert [moment - first for moment in begun] == [timedelta(seconds=seconds) for seconds in (0, 15, 30)]
    assert (here.run.state, here.run.done) == (RunState.RUNNING, 3 * PAGE)
    finish(here)
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, MANY)


def test_a_walk_behind_a_slow_one_in_its_batch_waits_for_another(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8, segments=2)
    begun = slow(here, 25)

    assert here.bring() == []

    assert len(begun) == 2
    assert set(here.run.cursor) == {"0"}
    finish(here)
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, MANY)


@pytest.mark.parametrize("error", [Retryable("throttled"), RunMoved("by other segments")])
def test_a_walk_that_fails_after_it_came_on_counts_no_receive(here: World, error: Exception) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    pages = count(1)

    def fail() -> None:
        if next(pages) % 2 == 0:
            raise error

    here.accounts.before_read = fail
    assert here.bring() == []
    assert (here.run.state, here.run.done) == (RunState.RUNNING, PAGE)
    assert [message.delay_seconds for message in here.queue.sent] == [WAIT_SECONDS]
    while here.queue.sent:
        assert here.bring() == []
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, MANY)


def test_a_walk_that_fails_before_it_came_on_counts_one(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)

    def fail() -> None:
        raise Retryable("throttled")

    here.accounts.before_read = fail
    assert here.bring() == ["0"]
    assert here.queue.sent == []


def test_a_walk_ends_where_another_version_is_in_force(here: World) -> None:
    here.publish(9, otherwise="tier-1")
    here.order(8)
    finish(here)
    assert (here.run.state, here.run.error) == (RunState.CANCELLED, "superseded")
    assert tiers(here) == {None}


def test_a_walk_waits_for_its_version_to_be_in_force(here: World) -> None:
    here.order(8)
    here.bring()
    assert [message.delay_seconds for message in here.queue.sent] == [WAIT_SECONDS]
    here.publish(8, otherwise="tier-1")
    here.now += MAX_AGE
    finish(here)
    assert here.run.state is RunState.SUCCEEDED


def test_a_walk_whose_version_was_never_published_ends(here: World) -> None:
    here.order(8)
    here.now += PATIENCE
    finish(here)
    assert (here.run.state, here.run.error) == (RunState.CANCELLED, "not_published")


def test_a_cancelled_run_stops(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    here.runs.save(replace(here.run, state=RunState.CANCELLED))
    finish(here)
    assert tiers(here) == {None}


def test_a_walk_without_its_run_does_nothing(here: World) -> None:
    assert here.message(DecideAll("gone", 1, 0, 1, None)) == []
    assert tiers(here) == {None}


def test_an_account_that_fails_does_not_hold_the_walk(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    poison = AccountId("a0003")

    def move(written: Account) -> None:
        if written.id == poison:
            here.keep(here.accounts.accounts[poison])

    here.accounts.before_commit = move
    assert here.bring() == []
    here.accounts.before_commit = lambda _: None
    finish(here)
    assert tiers(here) == {"tier-1"}
    assert here.run.state is RunState.SUCCEEDED


def test_a_page_that_is_decided_while_another_goes_on_counts_once(here: World) -> None:
    here.publish(8, otherwise="tier-1")
    here.order(8)
    twin = DecideAll("r1", 8, 0, 1, None)
    overtaken = iter([True])

    def overtake(_: Account) -> None:
        if next(overtaken, False):
            here.message(twin)

    here.accounts.before_commit = overtake
    finish(here)
    assert (here.run.state, here.run.done) == (RunState.SUCCEEDED, MANY)
