"""A worker makes one edit of many accounts: page by page, once each, whatever comes twice or breaks off."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.tier_trigger.bulk import MAX_REJECTS, PAGE, RUN
from functions.tier_trigger.pages import PAGES
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, FieldName, TierId
from shared.accounts.standing import Override
from shared.alerts.notice import AboutExpiry
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.pauses import TIERS, Pause, Pauses
from shared.configuration.pauses_document import pauses_to_json
from shared.configuration.published import FIELDS, PAUSES
from shared.runtime.messages import EditMany, write
from shared.runtime.ports import Run, RunState
from shared.tiers.edits import Action, Edit
from shared.tiers.policy_document import FRESH_POLICY
from tests.support.builders import CATALOGUE, NOW, account
from tests.unit.functions.tier_world import World

MONTH = timedelta(days=30)
SET = Edit(Action.SET_OVERRIDE, "m-1", NOW, TierId("tier-1"), "a logo", NOW + MONTH)
APPROVE, CLEAR = (Edit(action, "m-1", NOW) for action in (Action.APPROVE, Action.CLEAR_OVERRIDE))
REJECT = Edit(Action.REJECT, "m-1", NOW, reason="a dip", expires_at=NOW + MONTH)
EVERYBODY = {"always": True}


def fallen(name: str, mrr: int = 640) -> Account:
    """In Tier 1, and the rules say less."""
    return account(name, mrr=mrr, tier="tier-1")


@pytest.fixture
def here() -> World:
    """A policy that has demotions approved."""
    built = World()
    built.publish(2, **{**FRESH_POLICY, "stability": {"demote": "approval"}})
    return built


def decided(here: World, *accounts: Account) -> None:
    """Stored, with what of each is pending."""
    for one in accounts:
        here.keep(one)
    here.stream(*(one.id for one in accounts))


def run(
    here: World,
    edit: Edit,
    *ids: str,
    when: Mapping[str, Any] | None = None,
    seen: Mapping[str, str | None] | None = None,
    dry: bool = False,
) -> Run:
    """Orders it, and works until it has ended."""
    order(here, edit, *ids, when=when, seen=seen, dry=dry)
    while here.queue.sent:
        assert here.bring() == []
    return here.runs.runs[RUN, "b1"]


def order(
    here: World,
    edit: Edit,
    *ids: str,
    when: Mapping[str, Any] | None = None,
    seen: Mapping[str, str | None] | None = None,
    dry: bool = False,
) -> None:
    document = {
        "edit": edit.to_json(CATALOGUE),
        "dry_run": dry,
        "ids": None if when else list(seen or ids),
        "seen": seen or {},
        "when": when,
    }
    here.runs.runs.pop((RUN, "b1"), None)
    here.runs.save(Run("b1", RUN, RunState.QUEUED, here.now, order=document))
    here.queue.send([write(EditMany("b1"))])


def stored(here: World, name: str) -> Account:
    return here.accounts.accounts[AccountId(name)]


def test_each_account_is_overridden_with_history_audit_and_reminder(here: World) -> None:
    for name in ("a", "b"):
        here.keep(account(name, mrr=640, tier="tier-2"))

    ended = run(here, SET, "a", "b")

    assert (ended.state, ended.done, ended.total, ended.counts) == (
        RunState.SUCCEEDED,
        2,
        2,
        {"changed": 2, "moved": 2},
    )
    assert stored(here, "a").override == Override(TierId("tier-1"), "a logo", "m-1", NOW, NOW + MONTH)
    assert [(entry.actor, entry.action) for entry in here.accounts.audit] == [("m-1", "override.set")] * 2
    assert [row.cause for rows in here.accounts.rows.values() for row in rows] == ["override"] * 2
    assert {notice.about.account_id for notice in here.notices.inserted if isinstance(notice.about, AboutExpiry)} == {
        "a",
        "b",
    }


def test_what_can_not_be_is_refused_by_account_and_the_rest_goes_on(here: World) -> None:
    decided(here, fallen("falls"), account("stays", mrr=1200, tier="tier-1"))
    here.keep(replace(account("gone"), merged_into=AccountId("falls")))

    ended = run(here, APPROVE, "none", "stays", "gone", "falls")

    assert (ended.state, ended.counts) == (RunState.SUCCEEDED, {"changed": 1, "moved": 1, "refused": 3})
    reasons = {reject["record"]: reject["reason"] for reject in ended.rejects}
    assert reasons.keys() == {"none", "stays", "gone"}
    assert reasons["none"] == "There is no account of this id."
    assert reasons["gone"] == "It was merged into falls."
    assert reasons["stays"].startswith("No demotion of this account waits for approval.")
    assert here.tier("falls") == "tier-2"
    assert here.accounts.rows[AccountId("falls")][-1].cause == "approval"


def test_only_what_was_seen_is_approved(here: World) -> None:
    decided(here, fallen("a"), fallen("b", mrr=10))

    ended = run(here, APPROVE, seen={"a": "tier-2", "b": "tier-2"})

    assert (here.tier("a"), here.tier("b")) == ("tier-2", "tier-1")
    assert [reject["record"] for reject in ended.rejects] == ["b"]


def test_a_condition_finds_those_that_are_meant_and_refuses_nobody_else(here: World) -> None:
    decided(here, fallen("a"), fallen("b", mrr=10), account("c", mrr=1200, tier="tier-1"))

    ended = run(here, APPROVE, when={"field": "pending_tier", "op": "=", "value": "tier-3"})
    assert (ended.done, ended.total, ended.counts) == (3, 3, {"changed": 1, "moved": 1})
    assert (here.tier("a"), here.tier("b")) == ("tier-1", "tier-3")

    here.now += timedelta(hours=1)
    later = replace(APPROVE, at=here.now)
    assert run(here, later, when=EVERYBODY).counts == {"changed": 1, "moved": 1}
    assert (here.tier("a"), here.tier("c")) == ("tier-2", "tier-1")


def test_a_rejection_keeps_each_in_its_own_tier(here: World) -> None:
    decided(here, fallen("a"), account("b", mrr=10, tier="tier-2"))

    ended = run(here, REJECT, "a", "b")

    assert ended.counts == {"changed": 2}
    overrides = [stored(here, name).override for name in ("a", "b")]
    assert [(one.tier, one.reason, one.expires_at) for one in overrides if one] == [
        ("tier-1", "a dip", NOW + MONTH),
        ("tier-2", "a dip", NOW + MONTH),
    ]


def test_fields_are_set_as_by_one(here: World) -> None:
    here.keep(account("a", mrr=640, tier="tier-2"))
    edit = Edit(Action.SET_FIELDS, "m-1", NOW, values={FieldName("stage"): "live", FieldName("mrr"): None})

    assert run(here, edit, "a").counts == {"changed": 1}
    assert stored(here, "a").values[FieldName("stage")] == "live"
    assert stored(here, "a").edits == 1
    assert run(here, edit, "a").counts == {"unchanged": 1}


def test_clearing_gives_each_back_to_the_rules(here: World) -> None:
    here.keep(account("a", mrr=640, tier="tier-2"))
    run(here, SET, "a")

    assert run(here, CLEAR, "a").counts == {"changed": 1, "moved": 1}
    assert run(here, CLEAR, "a").counts == {"unchanged": 1}
    assert (here.tier("a"), stored(here, "a").override) == ("tier-2", None)


@pytest.mark.parametrize("edit", [SET, APPROVE, REJECT])
def test_a_dry_run_counts_the_same_and_writes_nothing(here: World, edit: Edit) -> None:
    decided(here, fallen("a"), fallen("b"))
    before = dict(here.accounts.accounts)

    dry = run(here, edit, "a", "b", "none", dry=True)
    assert (here.accounts.accounts, here.accounts.audit, here.notices.inserted) == (before, [], [])

    real = run(here, edit, "a", "b", "none")
    assert (dry.counts, dry.rejects, dry.state) == (real.counts, real.rejects, real.state)


def test_a_pause_refuses_what_is_approved_and_says_so(here: World) -> None:
    decided(here, fallen("a"))
    pauses = Pauses({TIERS: Pause("an audit", "u", NOW, None)})
    here.documents.commit(
        [DocumentChange(Kind.PUBLISHED, PAUSES, 0, pauses_to_json(pauses))], at=NOW, by="ann", audit=[]
    )
    here.now += timedelta(seconds=10)

    ended = run(here, APPROVE, when=EVERYBODY)

    assert (ended.counts, here.tier("a")) == ({"refused": 1}, "tier-1")
    assert "Approve it once that has ended." in ended.rejects[0]["reason"]


def many(here: World, count: int) -> list[str]:
    names = [f"a{number:04}" for number in range(count)]
    for name in names:
        here.keep(account(name, mrr=640, tier="tier-2"))
    return names


@pytest.mark.parametrize("by_name", [True, False])
def test_many_pages_take_several_messages_and_each_account_is_edited_once(here: World, by_name: bool) -> None:  # noqa: FBT001 - a parameter of the test
    names = many(here, PAGE * PAGES + 3)
    order(here, SET, *names, when=None if by_name else EVERYBODY)

    times = 0
    while here.queue.sent:
        assert here.bring() == []
        times += 1

    ended = here.runs.runs[RUN, "b1"]
    assert (times, ended.done, ended.counts["changed"]) == (2, len(names), len(names))
    assert len(here.accounts.audit) == len(names)


def test_an_edit_whose_time_is_up_goes_on_in_another_message(here: World) -> None:
    names = many(here, 4 * PAGE)
    order(here, SET, *names)

    def wait() -> None:
        here.now += timedelta(seconds=15)

    here.accounts.before_read = wait

    assert here.bring() == []

    assert here.runs.runs[RUN, "b1"].done == 3 * PAGE
    assert here.bring() == []
    assert here.runs.runs[RUN, "b1"].counts["changed"] == len(names)


def test_a_message_that_comes_again_does_nothing_again(here: World) -> None:
    names = many(here, 3)
    run(here, SET, *names)

    assert here.message(EditMany("b1"), EditMany("b1"), EditMany("none")) == []

    assert len(here.accounts.audit) == 3
    assert here.runs.runs[RUN, "b1"].done == 3


@pytest.mark.parametrize("edit", [SET, APPROVE, REJECT])
def test_a_worker_that_dies_in_the_middle_is_taken_up_and_nothing_is_done_twice(here: World, edit: Edit) -> None:
    names = [f"a{number}" for number in range(4)]
    decided(here, *(fallen(name) for name in names))
    order(here, edit, *names)
    left = iter([None, None])

    def dies(_: Account) -> None:
        if next(left, "dead") == "dead":
            raise RuntimeError

    here.accounts.before_commit = dies
    message = here.queue.sent[0]
    assert here.bring() == ["0"]
    here.accounts.before_commit = lambda _: None
    here.queue.send([message])
    while here.queue.sent:
        assert here.bring() == []

    ended = here.runs.runs[RUN, "b1"]
    assert (ended.done, ended.counts.get("refused", 0)) == (4, 0)
    assert ended.counts["changed"] + ended.counts["unchanged"] == 4
    assert len(here.accounts.audit) == 4


def test_a_cancelled_run_stops_before_its_next_page(here: World) -> None:
    names = many(here, 2 * PAGE)
    order(here, SET, *names)
    edited = []

    def cancels(one: Account) -> None:
        edited.append(one.id)
        if len(edited) == 1:
            known = here.runs.runs[RUN, "b1"]
            here.runs.save(replace(known, state=RunState.CANCELLED))

    here.accounts.before_commit = cancels
    assert here.bring() == []

    assert (len(edited), here.queue.sent) == (PAGE, [])
    assert here.runs.runs[RUN, "b1"].state is RunState.CANCELLED


def test_others_who_write_an_account_meanwhile_are_waited_for(here: World) -> None:
    here.keep(account("a", mrr=640, tier="tier-2"))

    def rival(one: Account) -> None:
        here.accounts.before_commit = lambda _: None
        here.keep(here.accounts.accounts[one.id])

    here.accounts.before_commit = rival

    assert run(here, SET, "a").counts == {"changed": 1, "moved": 1}

    def rivals(one: Account) -> None:
        here.keep(here.accounts.accounts[one.id])

    here.accounts.before_commit = rivals
    outrun = run(here, CLEAR, "a")
    assert (outrun.counts, outrun.rejects[0]["reason"][:6]) == ({"refused": 1}, "Others")


def test_an_order_that_no_longer_fits_what_is_published_fails_with_the_reason(here: World) -> None:
    here.keep(account("a", mrr=640, tier="tier-2"))
    here.documents.commit(
        [DocumentChange(Kind.PUBLISHED, FIELDS, 0, {"fields": [{"name": "region", "type": "string"}]})],
        at=NOW,
        by="ann",
        audit=[],
    )
    here.now += timedelta(seconds=10)
    when = {"field": "area", "op": "=", "value": "north"}

    ended = run(here, SET, when=when)

    assert (ended.state, ended.error, here.accounts.audit) == (RunState.FAILED, "no_longer_fits", [])


def test_the_first_hundred_refusals_are_kept(here: World) -> None:
    ended = run(here, SET, *(f"none-{number}" for number in range(MAX_REJECTS + 30)))

    assert (len(ended.rejects), ended.counts) == (MAX_REJECTS, {"refused": MAX_REJECTS + 30})
