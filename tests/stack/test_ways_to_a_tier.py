"""The three ways to a tier on the deployed system: rules, a synced tier and an override, and their precedence."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from local.api import ApiRefused
from tests.stack.deployed import Deployed


class Generic:
    """A customer that another system tells of."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed = deployed
        self.external_id = f"way-{uuid4().hex[:8]}"
        self.version = 0

    def says(self, **fields: object) -> None:
        self.version += 1
        data = {"external_id": self.external_id, "version": self.version, "fields": fields}
        assert self.deployed.deliver(data).status == 200

    def account(self) -> Mapping[str, Any]:
        items = self.deployed.api().get(f"/v1/accounts?external_id=generic:{self.external_id}")["items"]
        return dict(items[0]) if items else {"tier": {"id": None, "method": None}}

    def comes_to(self, tier: str, method: str) -> Mapping[str, Any]:
        def there() -> Mapping[str, Any] | None:
            found = self.account()
            return found if (found["tier"]["id"], found["tier"]["method"]) == (tier, method) else None

        return self.deployed.wait(f"{tier} by {method}", there)


@pytest.fixture
def customer(deployed: Deployed) -> Generic:
    return Generic(deployed)


def test_rules_then_the_crm_then_a_person_and_back(customer: Generic, deployed: Deployed) -> None:
    customer.says(mrr="1200.50", seats=30)
    account = customer.comes_to("tier-1", "rules")
    customer.says(tier="Tier 3: Low touch")
    customer.comes_to("tier-3", "synced")

    path, admin = f"/v1/accounts/{account['id']}/tier", deployed.api()
    override = {"tier": "tier-2", "reason": "strategic logo"}
    admin.call("PUT", path, override, headers={"if-match": "*"})
    by_hand = customer.account()["tier"]
    admin.call("DELETE", path, headers={"if-match": "*"})

    assert (by_hand["id"], by_hand["method"]) == ("tier-2", "manual")
    assert by_hand["override"]["reason"] == "strategic logo"
    assert by_hand["shadow"] == {"rules": "tier-1", "synced": "tier-3"}
    customer.comes_to("tier-3", "synced")
    history = admin.get(f"/v1/accounts/{account['id']}/tier-history")["items"]
    assert [(row["version"], row["from"], row["to"]) for row in history] == [
        (4, "tier-2", "tier-3"),
        (3, "tier-3", "tier-2"),
        (2, "tier-1", "tier-3"),
        (1, None, "tier-1"),
    ]


def test_a_manual_value_is_not_overwritten_by_what_comes_after(customer: Generic, deployed: Deployed) -> None:
    customer.says(mrr="1200.50")
    account = customer.comes_to("tier-1", "rules")

    deployed.api().call(
        "PATCH", f"/v1/accounts/{account['id']}", {"fields": {"mrr": "700.00"}}, headers={"if-match": "*"}
    )
    customer.comes_to("tier-2", "rules")
    customer.says(mrr="5000.00")
    deployed.wait("the newer value beside it", lambda: "5000.00" in str(customer.account()["fields"]["mrr"]["others"]))

    assert customer.account()["tier"]["id"] == "tier-2"


def test_the_why_page_explains_the_tier_to_whoever_has_the_mails_link(customer: Generic, deployed: Deployed) -> None:
    owner = deployed.running.stack.users["csm"].email
    customer.says(mrr="1200.50", owner=owner, name=f"<b>{customer.external_id}</b>")
    customer.comes_to("tier-1", "rules")
    customer.says(mrr="640.00")
    customer.comes_to("tier-2", "rules")

    mail = deployed.wait(
        "the mail", lambda: next((m for m in deployed.mails() if customer.external_id in m["subject"]), None)
    )
    link = next(word for word in mail["text"].split() if "/why/" in word)
    page = deployed.get(link)

    assert page.status == 200
    text = page.body.decode()
    assert f"&lt;b&gt;{customer.external_id}&lt;/b&gt;" in text
    assert "640.00" in text
    assert "360.00" in text
    assert deployed.get(link[:-3] + "xyz").status == 404


def test_roles_hold_at_the_gate(customer: Generic, deployed: Deployed) -> None:
    customer.says(mrr="1200.50")
    path = f"/v1/accounts/{customer.comes_to('tier-1', 'rules')['id']}/tier"

    with pytest.raises(ApiRefused) as viewer:
        deployed.api("viewer").call("PUT", path, {"tier": "tier-2", "reason": "x"}, headers={"if-match": "*"})
    anonymous = deployed.get(f"{deployed.running.stack.api_url}/v1/accounts")

    assert viewer.value.status == 403
    assert anonymous.status == 401


def test_a_published_policy_decides_every_account_again(customer: Generic, deployed: Deployed) -> None:
    admin = deployed.api()
    customer.says(seats=77, mrr="600.00")
    customer.comes_to("tier-2", "rules")
    published = admin.get("/v1/policy")["policy"]
    seats = {"id": "seats", "tier": "tier-1", "when": {"field": "seats", "op": "=", "value": 77}}

    _publish(deployed, {**published, "rules": [seats, *published["rules"]]})
    customer.comes_to("tier-1", "rules")
    _publish(deployed, published)
    customer.comes_to("tier-2", "rules")


def _publish(deployed: Deployed, policy: Mapping[str, Any]) -> None:
    admin = deployed.api()
    draft = admin.call("PUT", "/v1/policy/draft", policy, headers={"if-match": "*"})
    reply = admin.call("POST", "/v1/policy/publish", {"draft_etag": draft.headers["etag"]})
    assert reply.status == 202
    location = reply.headers["location"]
    deployed.wait("the publish", lambda: admin.get(location)["state"] == "succeeded")
