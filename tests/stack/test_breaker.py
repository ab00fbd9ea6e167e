"""A data accident on the deployed system: all fall to zero at once, hardly anybody moves, the admins hear once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import pytest

from tests.stack.breaker import expect_many_demotions, set_limits
from tests.stack.deployed import Deployed

CUSTOMERS = 40
PERCENT = 5


class Customers:
    """Of another system, which tells of all of them in one delivery."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed = deployed
        self.ids = [f"accident-{uuid4().hex[:8]}" for _ in range(CUSTOMERS)]
        self.version = 0

    def bring(self, mrr: str) -> None:
        self.version += 1
        records = [{"external_id": name, "version": self.version, "fields": {"mrr": mrr}} for name in self.ids]
        assert self.deployed.deliver(records).status == 200

    def accounts(self) -> Sequence[Mapping[str, Any]]:
        api = self.deployed.api()
        found = (api.get(f"/v1/accounts?external_id=generic:{name}")["items"] for name in self.ids)
        return [items[0] for items in found if items]

    def all_in(self, tier: str) -> bool:
        found = self.accounts()
        return len(found) == CUSTOMERS and all(account["tier"]["id"] == tier for account in found)


@pytest.fixture
def customers(deployed: Deployed) -> Iterator[Customers]:
    """In Tier 1, of a deployment with the limits of a fresh one."""
    found = Customers(deployed)
    found.bring("1500.00")
    deployed.wait("Tier 1 of everybody", lambda: found.all_in("tier-1"))
    set_limits(deployed, {"max_demotions_pct": PERCENT})
    yield found
    expect_many_demotions(deployed)


def test_zeros_move_no_more_than_the_share_and_after_the_repair_nobody(
    customers: Customers, deployed: Deployed
) -> None:
    admin = deployed.api()

    customers.bring("0.00")
    deployed.wait("all decided", lambda: _settled(customers))
    moved = [account for account in customers.accounts() if account["tier"]["id"] != "tier-1"]
    trip = admin.get("/v1/breaker")["last"]
    deployed.running.clients("lambda").invoke(FunctionName=deployed.running.emulated.functions["clock"])
    deployed.wait("the admins' mail", lambda: _told(deployed))

    assert trip["resolution"] is None
    assert len(moved) <= trip["accounts"] * PERCENT // 100
    customers.bring("1500.00")
    deployed.wait("Tier 1 of everybody again", lambda: customers.all_in("tier-1"))
    admin.call("POST", f"/v1/breaker/{trip['id']}/discard")
    deployed.quiet()
    assert customers.all_in("tier-1")
    assert admin.get("/v1/breaker")["state"] == "closed"
    assert len(_told(deployed)) == 1


def _settled(customers: Customers) -> bool:
    """Each has moved or is held; the breaker has tripped."""
    found = [account["tier"] for account in customers.accounts()]
    return all(tier["id"] != "tier-1" or (tier["pending"] or {}).get("tier") == "tier-3" for tier in found)


def _told(deployed: Deployed) -> Sequence[Mapping[str, Any]]:
    return [mail for mail in deployed.mails() if mail["subject"].startswith("Demotions are held")]
