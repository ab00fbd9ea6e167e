"""A date that comes changes the tier by itself, within two minutes, and each account once."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import pytest

from shared.accounts.identity import TierId
from shared.accounts.standing import Hold, Pending
from shared.accounts.values import Json
from shared.configuration.reader import sync_time
from shared.connectors.generic.mapping import GENERIC
from shared.tiers.policy_document import FRESH_POLICY
from tests.support.builders import NOW
from tests.support.world import ANNA, World

POLICY: dict[str, Json] = {
    "rules": [
        {"id": "renews", "tier": "tier-1", "when": {"field": "renewal_date", "op": "within_next", "value": "2d"}},
    ],
    "otherwise": "tier-3",
}
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 24), ("Asia/Tokyo", 15)])
def test_a_date_that_comes_moves_the_account_at_local_midnight(zone: str, hour: int) -> None:
    world = World()
    world.configure("settings", {"time_zone": zone, "fallback_recipients": ["cs@example.com"]})
    world.configure("policy", {"version": 2, "policy": POLICY})
    world.send_generic(
        {"external_id": "x", "version": 1, "fields": {"renewal_date": "2026-11-25", "owner": ANNA.email}}
    )
    world.settle()
    midnight = NOW.replace(hour=0) + timedelta(hours=hour)

    world.now = midnight - 2 * MINUTE
    world.passes(MINUTE)
    before = world.account("generic:x").standing.tier
    world.passes(3 * MINUTE)

    account = world.account("generic:x")
    rows = world.accounts.rows[account.id]
    assert (before, account.standing.tier) == ("tier-3", "tier-1")
    assert [(row.version, row.after, row.cause) for row in rows] == [(1, "tier-3", "data"), (2, "tier-1", "date")]
    assert rows[1].at - midnight <= 2 * MINUTE


def test_nothing_is_written_while_no_date_comes() -> None:
    world = World()
    world.configure("policy", {"version": 2, "policy": POLICY})
    world.send_generic({"external_id": "x", "version": 1, "fields": {"renewal_date": "2026-11-24"}})
    world.settle()
    versions = world.account("generic:x").version

    world.passes(20 * MINUTE)

    assert world.account("generic:x").standing.tier == "tier-1"
    assert world.account("generic:x").version == versions


def test_a_demotion_that_was_held_takes_effect_by_itself() -> None:
    world = _steady()
    world.send_generic({"external_id": "x", "version": 2, "fields": {"mrr": "640.00"}})
    world.settle()
    held = world.account("generic:x").standing
    assert (held.tier, held.hold, held.pending) == ("tier-1", Hold.DEMOTE_AFTER, Pending(TierId("tier-2"), NOW))

    world.passes(MINUTE)
    assert world.account("generic:x").standing == held
    world.now = NOW + timedelta(days=14) - MINUTE
    world.passes(2 * MINUTE)

    account = world.account("generic:x")
    last = world.accounts.rows[account.id][-1]
    assert (account.standing.tier, account.standing.hold, account.standing.pending) == ("tier-2", None, None)
    assert (last.cause, last.at - NOW) == ("hold", timedelta(days=14))
    assert len(world.mail.sent) == 1


def test_a_demotion_that_is_taken_back_in_time_never_was() -> None:
    world = _steady()
    versions = []
    for number, mrr in enumerate(["640.00", "1200.00"] * 10, start=2):
        world.now += timedelta(days=1)
        world.send_generic({"external_id": "x", "version": number, "fields": {"mrr": mrr}})
        world.settle()
        versions.append(world.account("generic:x").standing)

    assert {standing.tier for standing in versions} == {"tier-1"}
    assert len(world.accounts.rows[world.account("generic:x").id]) == 1
    assert world.account("generic:x").standing.pending is None


def test_a_clock_that_was_down_for_a_day_moves_each_account_once() -> None:
    world = _steady()
    world.send_generic({"external_id": "x", "version": 2, "fields": {"mrr": "640.00"}})
    world.settle()

    world.now = NOW + timedelta(days=15)
    world.passes(20 * MINUTE)

    account = world.account("generic:x")
    assert [row.after for row in world.accounts.rows[account.id]] == ["tier-1", "tier-2"]
    assert account.due_at is None


def test_a_source_that_is_not_heard_of_demotes_nobody_until_it_is() -> None:
    world = _steady(stability={})
    world.configure("source:generic", {"sync_minutes": 60})
    world.watermarks.advance(sync_time(GENERIC), NOW - timedelta(hours=3))
    world.send_generic({"external_id": "x", "version": 2, "fields": {"mrr": "640.00"}})
    world.settle()
    held = world.account("generic:x")
    assert (held.standing.tier, held.standing.hold) == ("tier-1", Hold.STALE_SOURCE)
    assert held.due_at == NOW + timedelta(hours=1)

    world.watermarks.advance(sync_time(GENERIC), NOW)
    world.now = NOW + timedelta(hours=1)
    world.passes(MINUTE)

    assert world.account("generic:x").standing.tier == "tier-2"


def _steady(stability: Mapping[str, Json] = MappingProxyType({"demote_after": "14d"})) -> World:
    """An account in tier 1, by default under a policy that holds demotions for two weeks."""
    world = World()
    world.configure("policy", {"version": 2, "policy": {**FRESH_POLICY, "stability": stability}})
    world.send_generic({"external_id": "x", "version": 1, "fields": {"mrr": "1200.00", "owner": ANNA.email}})
    world.settle()
    return world
