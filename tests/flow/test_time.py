"""A date that comes changes the tier by itself, within two minutes, and each account once."""

from datetime import timedelta

import pytest

from shared.accounts.values import Json
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
