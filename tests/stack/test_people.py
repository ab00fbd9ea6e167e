"""What people decide on the deployed system: a CSM asks and a manager approves; one edit of many accounts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.stack.deployed import Deployed

FAR = (datetime.now(UTC) + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
"""Far enough for a reminder."""


class Book:
    """Two customers of one CSM, in Tier 2."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed = deployed
        self.names = [f"book-{uuid4().hex[:8]}" for _ in range(2)]
        fields = {"mrr": "640.00", "owner": deployed.running.stack.users["csm"].email}
        records = [{"external_id": name, "version": 1, "fields": {**fields, "name": name}} for name in self.names]
        assert deployed.deliver(records).status == 200
        deployed.wait("Tier 2", lambda: [each["tier"]["id"] for each in self.accounts()] == ["tier-2"] * 2)

    def accounts(self) -> Sequence[Mapping[str, Any]]:
        api = self.deployed.api()
        found = (api.get(f"/v1/accounts?external_id=generic:{name}")["items"] for name in self.names)
        return [items[0] for items in found if items]


@pytest.fixture
def book(deployed: Deployed) -> Book:
    return Book(deployed)


def test_a_csm_asks_and_a_manager_approves(book: Book, deployed: Deployed) -> None:
    account = book.accounts()[0]
    path = f"/v1/accounts/{account['id']}/tier"

    asked = deployed.api("csm").call(
        "PUT", path, {"tier": "tier-1", "reason": "strategic logo", "expires_at": FAR}, headers={"if-match": "*"}
    )
    approved = deployed.api("manager").call("POST", f"{path}/approve", {"of": "request", "tier": "tier-1"})

    assert (asked.status, asked.body["tier"]["id"]) == (202, "tier-2")
    assert (approved.status, approved.body["tier"]["id"]) == (200, "tier-1")
    assert approved.body["tier"]["override"]["expires_at"] == FAR
    assert approved.body["tier"]["override"]["author"] != approved.body["tier"]["override"]["approver"]


def test_one_edit_sets_the_tier_of_many(book: Book, deployed: Deployed) -> None:
    admin, ids = deployed.api(), [account["id"] for account in book.accounts()]
    edit = {"action": "set_override", "ids": ids, "tier": "tier-1", "reason": "one contract", "expires_at": FAR}

    tried = admin.call("POST", "/v1/accounts/bulk", {**edit, "dry_run": True})
    deployed.wait("the trial", lambda: _succeeded(deployed, tried.headers["location"]))
    before = [account["tier"]["id"] for account in book.accounts()]
    run = admin.call("POST", "/v1/accounts/bulk", edit)
    deployed.wait("the edit", lambda: _succeeded(deployed, run.headers["location"]))

    assert before == ["tier-2", "tier-2"]
    assert [account["tier"]["id"] for account in book.accounts()] == ["tier-1", "tier-1"]
    assert {account["tier"]["override"]["reason"] for account in book.accounts()} == {"one contract"}


def _succeeded(deployed: Deployed, location: str) -> bool:
    state = deployed.api().get(location)["state"]
    assert state in ("queued", "running", "succeeded")
    return bool(state == "succeeded")
