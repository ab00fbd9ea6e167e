"""A publish with `holds: skip` moves at once what it decides otherwise; what was held before stays held."""

from dataclasses import replace

import pytest

from shared.accounts.identity import AccountId
from shared.accounts.standing import Hold
from shared.accounts.values import Json
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.published import PAUSES
from shared.runtime.messages import DecideAccounts
from shared.runtime.ports import RunState
from tests.support.builders import account
from tests.unit.functions.tier_world import MAX_AGE, World

PATIENT: dict[str, Json] = {"demote_after": "14d", "promote_after": "14d"}


def ladder(high: int, tier: str = "tier-1") -> dict[str, Json]:
    rule: Json = {"id": "high", "tier": tier, "when": {"field": "mrr", "op": ">=", "value": high}}
    return {"rules": [rule], "otherwise": "tier-3", "stability": PATIENT}


@pytest.fixture
def here() -> World:
    """Four of tier 1 under version 7; one of them fell below its threshold, and is held there."""
    built = World()
    built.publish(7, **ladder(500))
    for name, mrr in (("large", 2000), ("middle", 700), ("fell", 900), ("other", 800)):
        built.keep(account(name, mrr=mrr))
    built.order(7, run_id="first")
    while built.queue.sent:
        built.bring()
    stored = built.accounts.accounts[AccountId("fell")]
    built.keep(replace(account("fell", mrr=10), standing=stored.standing))
    built.stream("fell")
    assert (built.tier("fell"), hold(built, "fell")) == ("tier-1", Hold.DEMOTE_AFTER)
    return built


def hold(here: World, account_id: str) -> Hold | None:
    return here.accounts.accounts[AccountId(account_id)].standing.hold


def walk(here: World, version: int, *, run_id: str = "r1", holds: str | None = None) -> None:
    here.now += MAX_AGE
    here.order(version, run_id=run_id, holds=holds)
    while here.queue.sent:
        here.bring()


def standings(here: World) -> dict[str, tuple[str | None, Hold | None]]:
    return {found.id: (found.standing.tier, found.standing.hold) for found in here.accounts.accounts.values()}


def test_what_the_publish_decides_otherwise_moves_at_once(here: World) -> None:
    here.publish(8, holds="skip", **ladder(1000))
    walk(here, 8, holds="skip")
    assert standings(here) == {
        "large": ("tier-1", None),
        "middle": ("tier-3", None),
        "fell": ("tier-1", Hold.DEMOTE_AFTER),
        "other": ("tier-3", None),
    }
    assert here.run.counts == {"changed": 2, "held": 1, "unchanged": 1}
    row = here.accounts.rows[AccountId("middle")][-1]
    assert (row.cause, row.policy_version, row.decision["hold"]) == ("policy", 8, None)


def test_without_it_all_is_held(here: World) -> None:
    here.publish(8, **ladder(1000))
    walk(here, 8)
    assert {tier for tier, _ in standings(here).values()} == {"tier-1"}


def test_whoever_lost_to_another_publish_of_the_version_skips_nothing_of_it(here: World) -> None:
    here.publish(8, **ladder(1000))
    walk(here, 8, holds="skip")
    assert {tier for tier, _ in standings(here).values()} == {"tier-1"}


def test_a_promotion_moves_at_once_too(here: World) -> None:
    here.publish(8, holds="skip", **ladder(5))
    walk(here, 8, holds="skip")
    here.publish(9, holds="skip", **ladder(1500))
    walk(here, 9, holds="skip", run_id="down")
    assert here.tier("middle") == "tier-3"
    here.publish(10, holds="skip", **ladder(600))
    walk(here, 10, holds="skip", run_id="up")
    assert standings(here)["middle"] == ("tier-1", None)


def test_a_pause_of_tiers_holds_it_all_the_same(here: World) -> None:
    body: dict[str, Json] = {"tiers": {"reason": "a look first", "author": "ann", "since": None, "until": None}}
    here.documents.commit([DocumentChange(Kind.PUBLISHED, PAUSES, 0, body)], at=here.now, by="ann", audit=[])
    here.publish(8, holds="skip", **ladder(1000))
    walk(here, 8, holds="skip")
    assert standings(here)["middle"] == ("tier-1", Hold.PAUSED)


def test_an_account_that_failed_in_the_walk_skips_its_hold_later(here: World) -> None:
    here.publish(8, holds="skip", **ladder(1000))
    here.now += MAX_AGE
    here.order(8, holds="skip")

    here.accounts.before_commit = lambda _: here.overtake("middle")
    here.bring()
    here.accounts.before_commit = lambda _: None
    assert here.tier("middle") == "tier-1"
    assert DecideAccounts((AccountId("middle"),), "policy", skipping=8, recombine=True) in here.queued()
    while here.queue.sent:
        here.bring()
    assert standings(here)["middle"] == ("tier-3", None)


def test_a_word_of_it_that_comes_late_skips_nothing_of_a_later_policy(here: World) -> None:
    here.publish(8, holds="skip", **ladder(500))
    here.publish(9, holds="skip", **ladder(1000))
    here.now += MAX_AGE
    here.message(DecideAccounts((AccountId("middle"),), "policy", skipping=8))
    assert standings(here)["middle"] == ("tier-1", Hold.DEMOTE_AFTER)


def test_where_the_policy_before_names_what_is_gone_holds_are_kept_and_told(here: World) -> None:
    here.publish(8, **ladder(1000, tier="tier-9"))
    here.publish(9, holds="skip", **ladder(1000))
    walk(here, 9, holds="skip")
    assert {tier for tier, _ in standings(here).values()} == {"tier-1"}
    assert (here.run.state, here.run.counts["holds_kept"]) == (RunState.SUCCEEDED, 4)


def test_the_first_policy_that_is_published_differs_from_a_fresh_deployment_s() -> None:
    here = World()
    here.keep(account("middle", mrr=700))
    here.stream("middle")
    assert here.tier("middle") == "tier-2"
    here.publish(2, holds="skip", **ladder(500))
    walk(here, 2, holds="skip")
    assert standings(here)["middle"] == ("tier-1", None)
