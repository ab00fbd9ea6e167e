"""tier_trigger decides on fresh state, writes only what differs, and lets no account delay another."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import Override
from shared.runtime.messages import DecideAccounts, EvaluateAlerts, read
from shared.runtime.ports import QueueUnavailable
from shared.runtime.telemetry import invocation
from tests.support.builders import account
from tests.unit.functions.tier_world import World

ACME, BETA = AccountId("acme"), AccountId("beta")


def world(*accounts: Account) -> World:
    built = World()
    for entry in accounts or (account(mrr=640),):
        built.keep(entry)
    return built


def test_a_change_of_data_gives_the_tier_and_its_history_in_one_write() -> None:
    here = world()
    writes = here.accounts.writes
    assert here.stream("acme") == {}
    assert here.tier() == "tier-2"
    (row,) = here.accounts.history(ACME)
    assert (row.version, row.after, row.cause) == (1, "tier-2", "data")
    assert here.accounts.writes == writes + 2


def test_an_account_that_stands_so_already_is_not_written() -> None:
    here = world()
    here.stream("acme")
    writes = here.accounts.writes
    here.stream("acme", "acme", "gone")
    assert here.accounts.writes == writes
    assert here.queue.sent == []


def test_a_decision_that_leaves_an_account_as_it_is_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    here = world()
    with invocation():
        here.stream("acme")
    assert "TierChanges" in json.loads(capsys.readouterr().out)
    with invocation():
        here.stream("acme")
    assert capsys.readouterr().out == ""


def test_what_stands_as_it_is_told_of_is_not_even_read() -> None:
    here = world(account("acme", mrr=640), account("beta", mrr=10))
    here.stream("acme", "beta")
    here.accounts.read.clear()

    here.keep(replace(here.accounts.accounts[ACME], values=account(mrr=650).values))
    here.keep(replace(here.accounts.accounts[BETA], values=account(mrr=5_000).values))
    here.stream("acme", "beta")

    assert here.accounts.read == [BETA]
    assert (here.tier("acme"), here.tier("beta")) == ("tier-2", "tier-1")


def test_a_late_word_of_what_was_is_neither_decided_on_nor_in_the_way_of_what_is() -> None:
    here = world(account(mrr=640))
    here.stream("acme")
    stood = here.accounts.accounts[ACME]
    fell = here.keep(replace(stood, values=account(mrr=10).values))
    rose = here.keep(replace(fell, values=account(mrr=5_000).values))

    here.stream(stood)
    assert here.tier() == "tier-2"
    here.stream(fell)
    assert here.tier() == "tier-1"
    here.stream(stood, fell, rose)

    assert [row.after for row in here.accounts.history(ACME)] == ["tier-2", "tier-1"]


def test_a_write_between_reading_and_deciding_is_decided_on() -> None:
    here = world()
    later = [account(mrr=10), account(mrr=5_000)]

    def write(_: Account) -> None:
        if later:
            here.keep(later.pop())

    here.accounts.before_commit = write
    here.stream("acme")
    assert here.tier() == "tier-3"
    assert [row.after for row in here.accounts.history(ACME)] == ["tier-3"]


def always_moving(here: World, account_id: AccountId) -> None:
    def move(written: Account) -> None:
        if written.id == account_id:
            here.keep(here.accounts.accounts[account_id])

    here.accounts.before_commit = move


def test_an_account_that_others_keep_writing_is_brought_back_by_the_queue() -> None:
    here = world(account("acme", mrr=640), account("beta", mrr=640))
    always_moving(here, ACME)
    assert here.stream("acme", "beta") == {}
    assert (here.tier("acme"), here.tier("beta")) == (None, "tier-2")
    assert [read(message.body, (DecideAccounts,)) for message in here.queue.sent] == [DecideAccounts((ACME,), "data")]


def test_a_failure_that_nobody_foresaw_delays_its_own_account_alone() -> None:
    here = world(account("acme", mrr=640), account("beta", mrr=640))
    naive = datetime(2027, 1, 1)  # noqa: DTZ001 - what no code of ours writes
    broken = replace(account("acme"), override=Override(TierId("tier-1"), "", "", here.now, naive))
    here.accounts.accounts[ACME] = replace(broken, version=1)
    here.stream("acme", "beta", images=False)
    assert here.tier("beta") == "tier-2"
    assert here.bring() == ["0"]


def test_the_stream_brings_all_again_where_the_queue_is_down_too() -> None:
    here = world()
    always_moving(here, ACME)
    here.queue.down = True
    with pytest.raises(QueueUnavailable):
        here.stream("acme")


def test_an_override_is_ended_when_its_moment_has_come() -> None:
    end = datetime(2027, 1, 1, tzinfo=UTC)
    here = world(replace(account(mrr=640), override=Override(TierId("tier-1"), "logo", "ann", World.now, end)))
    here.stream("acme")
    assert here.accounts.accounts[ACME].due_at == end
    here.now = end
    assert here.message(DecideAccounts((ACME,), "expiry")) == []
    assert here.tier() == "tier-2"
    assert [row.cause for row in here.accounts.history(ACME)] == ["override", "expiry"]
    assert here.accounts.accounts[ACME].due_at is None


def test_a_message_for_one_account_fails_with_it_and_for_many_brings_it_back_alone() -> None:
    here = world(account("acme", mrr=640), account("beta", mrr=640))
    always_moving(here, ACME)
    assert here.message(DecideAccounts((ACME, BETA), "expiry")) == []
    assert here.tier("beta") == "tier-2"
    assert here.bring() == ["0"]


def test_a_message_that_is_not_for_this_queue_fails_alone() -> None:
    here = world()
    assert here.message(EvaluateAlerts(ACME), DecideAccounts((ACME,), "data")) == ["0"]
    assert here.tier() == "tier-2"


def test_an_account_that_does_not_exist_is_nothing_to_decide() -> None:
    assert world().message(DecideAccounts((AccountId("gone"),), "data")) == []


def test_the_rules_in_force_are_trusted_for_a_while() -> None:
    here = world(account("acme", mrr=640), account("beta", mrr=640))
    here.publish(8, otherwise="tier-1")
    here.stream("acme", "beta")
    assert (here.tier("acme"), here.tier("beta")) == ("tier-1", "tier-1")
    here.publish(9, otherwise="tier-3")
    here.stream("acme")
    assert here.tier("acme") == "tier-1"
