"""Calls of the API that no other test here makes, so that each right of its role is asked for once."""

from uuid import uuid4

import pytest

from local.api import ApiRefused
from tests.stack.deployed import Deployed


@pytest.mark.parametrize(
    "address", ["accounts?tier=tier-1", "accounts?owner=csm@example.com", "alerts?account=nobody", "alerts", "accounts"]
)
def test_lists_are_walked_by_each_of_their_indexes(address: str, deployed: Deployed) -> None:
    deployed.deliver({"external_id": f"reach-{address}", "fields": {"mrr": "1200.00", "owner": "csm@example.com"}})
    deployed.quiet()

    assert deployed.api().call("GET", f"/v1/{address}").status == 200


def test_a_sync_that_is_asked_for_twice_by_one_key_runs_once(deployed: Deployed) -> None:
    admin, key = deployed.api(), uuid4().hex

    started = [
        admin.call("POST", "/v1/sources/recurly/sync", headers={"idempotency-key": key}).headers["location"]
        for _ in range(2)
    ]
    deployed.wait("the sync", lambda: admin.get(started[0])["state"] == "succeeded")

    assert started[0] == started[1]
    assert [run["id"] for run in admin.get("/v1/sources/recurly/runs?limit=1")["items"]] == [
        started[0].rpartition("/")[2]
    ]


def test_a_refusal_is_not_kept_under_its_key(deployed: Deployed) -> None:
    admin, key = deployed.api(), {"idempotency-key": uuid4().hex}

    for _ in range(2):
        with pytest.raises(ApiRefused) as refused:
            admin.call("POST", "/v1/sources/generic/sync", headers=key)
        assert refused.value.status == 409


def test_a_webhook_s_secret_is_set_and_webhooks_go_on(deployed: Deployed) -> None:
    secret = deployed.running.stack.webhook_secrets["generic"]
    document = {"secrets": {"webhook_secrets": [secret]}}

    deployed.api().call("PUT", "/v1/sources/generic", document, headers={"if-match": "*"})

    assert deployed.deliver({"external_id": "reach-secret", "fields": {}}).status == 200
