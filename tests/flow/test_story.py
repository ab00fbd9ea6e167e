"""The product's story: webhook bytes in, mail out."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest

from local.sandboxes.recurly.demo import demo_site
from local.sandboxes.recurly.server import Running, running
from local.sandboxes.recurly.site import Site
from shared.accounts.identity import FieldName
from shared.accounts.standing import Method
from tests.support.builders import NOW
from tests.support.world import ANNA, World

MRR = FieldName("mrr")
DAY = timedelta(days=1)


class Day:
    """The sandbox's clock, which the test moves."""

    def __init__(self) -> None:
        self.now = NOW - DAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def sandbox() -> Iterator[Running]:
    day = Day()
    with running(Site(demo_site(day.now, accounts=12), clock=day)) as found:
        yield found


@pytest.fixture
def world(sandbox: Running) -> World:
    """A deployment whose Acme is in Tier 1 and belongs to Anna."""
    world = World(sandbox)
    owned = {"external_ids": {"recurly": "acme"}, "fields": {"owner": ANNA.email}}
    world.send_generic({"external_id": "c-1", "version": 0, **owned})
    world.send_recurly("account", account_id(sandbox, "acme"), account_code="acme")
    world.settle()
    return world


def account_id(sandbox: Running, code: str) -> str:
    return str(sandbox.site.find("accounts", f"code-{code}")["id"])


def subscription_id(sandbox: Running) -> str:
    return str(
        next(s["id"] for s in sandbox.site.all("subscriptions") if s["account_id"] == account_id(sandbox, "acme"))
    )


def downgrade(world: World, sandbox: Running) -> None:
    world.now += timedelta(minutes=1)
    cast("Day", sandbox.site.clock).now = world.now
    sandbox.site.change("subscriptions", subscription_id(sandbox), {"unit_amount": 40.0, "quantity": 16})
    world.now += timedelta(seconds=5)
    assert world.send_recurly("subscription", subscription_id(sandbox)) == 200
    world.settle()


def tiers(world: World) -> list[tuple[str | None, str | None]]:
    return [(row.before, row.after) for row in world.accounts.rows[world.account("recurly:acme").id]]


def test_a_first_tier_is_given_and_nobody_is_mailed(world: World) -> None:
    acme = world.account("recurly:acme")

    assert (acme.name, acme.values[MRR], acme.standing.tier) == ("Acme Inc", 12_250_000, "tier-1")
    assert tiers(world) == [(None, "tier-1")]
    assert world.mail.sent == []
    assert world.topic.sent == []


def test_a_downgrade_lowers_the_tier_and_mails_its_csm_once(world: World, sandbox: Running) -> None:
    downgrade(world, sandbox)

    acme = world.account("recurly:acme")
    assert (acme.values[MRR], acme.standing.tier) == (6_400_000, "tier-2")
    assert tiers(world) == [(None, "tier-1"), ("tier-1", "tier-2")]
    [(mail, _)] = world.mail.sent
    assert mail.to == ANNA.email
    for said in ("Acme Inc", "Tier 2: Moderate touch", "640.00", "360.00", "https://tiers.example.com/why/"):
        assert said in mail.text
        assert said in mail.html
    [message] = world.topic.sent
    assert json.loads(message.body)["account"]["id"] == acme.id
    assert [event.detail["to"] for event in world.bus.events] == ["tier-1", "tier-2"]


def test_the_same_webhook_fifty_times_makes_one_mail_and_no_further_write(world: World, sandbox: Running) -> None:
    downgrade(world, sandbox)
    writes, version = world.accounts.writes, world.account("recurly:acme").version

    for _ in range(50):
        assert world.send_recurly("subscription", subscription_id(sandbox)) == 200
    world.settle()

    assert len(world.mail.sent) == 1
    assert world.accounts.writes == writes
    assert world.account("recurly:acme").version == version


def test_one_webhook_that_changes_a_tier_makes_two_versions_and_wakes_tier_trigger_once(
    world: World, sandbox: Running
) -> None:
    version = world.account("recurly:acme").version
    world.invocations.clear()

    downgrade(world, sandbox)

    assert world.account("recurly:acme").version == version + 2
    assert world.invocations["tier_trigger"] == 1


def test_the_generic_webhook_does_the_same_with_its_body() -> None:
    world = World()
    for version, mrr in enumerate(("1200.50", "640.00"), start=1):
        world.send_generic(
            {"external_id": "acct_42", "version": version, "fields": {"mrr": mrr, "owner": ANNA.email, "colour": "red"}}
        )
        world.settle()

    assert [(row.before, row.after) for row in next(iter(world.accounts.rows.values()))] == [
        (None, "tier-1"),
        ("tier-1", "tier-2"),
    ]
    assert [mail.to for mail, _ in world.mail.sent] == [ANNA.email]
    assert world.runs.status("generic")["counts"] == {"written": 1, "unmapped:colour": 1}


def test_a_synced_tier_goes_before_the_rules_and_an_unmapped_one_does_not(world: World) -> None:
    def crm(version: int, tier: str | None) -> str | None:
        world.send_generic({"external_id": "c-1", "version": version, "fields": {"tier": tier}})
        world.settle()
        acme = world.account("recurly:acme")
        assert acme.standing.method is (Method.SYNCED if tier and "Tier" in tier else Method.RULES)
        return acme.standing.tier

    assert crm(1, "Tier 3: Low touch") == "tier-3"
    assert crm(2, "Platinum") == "tier-1"
    assert crm(3, None) == "tier-1"


def test_an_account_without_a_csm_goes_to_the_fallback_recipients() -> None:
    world = World()
    world.configure("settings", {"fallback_recipients": ["ops@example.com", "lead@example.com"]})
    for version, mrr in enumerate((5000, 1), start=1):
        world.send_generic(
            {"external_id": "x", "version": version, "fields": {"mrr": mrr, "owner": "gone@example.com"}}
        )
        world.settle()

    assert sorted(mail.to for mail, _ in world.mail.sent) == ["lead@example.com", "ops@example.com"]


def test_a_raised_tier_waits_for_the_daily_digest() -> None:
    world = World()
    for version, mrr in enumerate((1, 5000), start=1):
        world.send_generic({"external_id": "x", "version": version, "fields": {"mrr": mrr, "owner": ANNA.email}})
        world.settle()
    assert world.mail.sent == []

    world.passes(timedelta(minutes=61))

    [(mail, _)] = world.mail.sent
    assert "Tier 1: High touch" in mail.text


def test_the_sixth_mail_to_one_person_in_ten_minutes_waits_and_goes_as_one() -> None:
    world = World()
    for version, mrr in enumerate((5000, 1), start=1):
        world.send_generic(
            [
                {"external_id": f"x{i}", "version": version, "fields": {"mrr": mrr, "owner": ANNA.email}}
                for i in range(12)
            ]
        )
        world.settle()
    assert len(world.mail.sent) == 5

    world.passes(timedelta(minutes=11))

    assert len(world.mail.sent) == 6
    assert world.mail.sent[-1][0].text.count("tiers.example.com/why/") == 7


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_two_recurly_accounts_linked_to_one_account_sum_in_any_order(sandbox: Running, order: tuple[int, ...]) -> None:
    world = World(sandbox)
    other = next(str(found["code"]) for found in sandbox.site.all("accounts") if found["code"] != "acme")
    steps = [
        lambda: world.send_recurly("account", account_id(sandbox, "acme")),
        lambda: world.send_recurly("account", account_id(sandbox, other)),
        lambda: world.send_generic({"external_id": "group", "external_ids": {"recurly": ["acme", other]}}),
    ]
    world.configure("settings", {"rates": dict.fromkeys(("EUR", "GBP", "JPY", "CHF", "CAD"), "1")})
    for step in order:
        assert steps[step]() == 200
        world.settle()

    group = world.account("generic:group")
    both = [group.records[key].values[MRR] for key in group.records if key.source == "recurly"]
    assert len(both) == 2
    assert group.values[MRR] == sum(value for value in both if isinstance(value, int))
    assert world.account("recurly:acme") == world.account(f"recurly:{other}") == group


def test_a_subscription_that_recurly_no_longer_has_is_recorded_and_not_tried_for_ever(world: World) -> None:
    assert world.send_recurly("subscription", "nowhere") == 200
    world.settle()

    status = world.runs.status("recurly")
    assert "nowhere" in json.dumps(status["rejects"])
    assert world.hints.sent == []


def test_everything_delivered_three_times_in_any_order_ends_in_the_same_state() -> None:
    def play(deliveries: list[tuple[int, int]]) -> tuple[object, ...]:
        world = World()
        for account, version in deliveries:
            world.send_generic(
                {
                    "external_id": f"x{account}",
                    "version": version,
                    "fields": {"mrr": str(Decimal(version * 300)), "owner": ANNA.email},
                }
            )
        world.settle()
        return tuple(
            (account.values, account.standing.tier, {key: r.version for key, r in account.records.items()})
            for account in (world.account(f"generic:x{i}") for i in range(10))
        )

    once = [(account, version) for version in range(1, 6) for account in range(10)]
    shuffled = once * 3
    random.Random(7).shuffle(shuffled)  # noqa: S311 - an order, no secret

    assert play(shuffled) == play(once)


def test_bad_deliveries_are_refused_and_nothing_is_written() -> None:
    world = World()

    assert world.deliver("generic", {}, b"{}") == 401
    assert world.deliver("nobody", {}, b"{}") == 401
    assert world.deliver("generic", {}, b" " * (256 * 1024 + 1)) == 413
    world.settle()

    assert world.accounts.writes == 0
    assert world.hints.sent == []
