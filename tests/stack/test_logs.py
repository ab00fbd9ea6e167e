"""What the deployed functions log: no body, secret, token or address of anybody."""

from uuid import uuid4

from tests.stack.deployed import Deployed

FUNCTIONS = ("webhook", "ingest", "tier-trigger", "alerts", "notify", "api")


def test_planted_words_and_secrets_are_in_no_log(deployed: Deployed) -> None:
    canary = uuid4().hex
    address = f"owner-{canary}@example.com"
    for version, mrr in enumerate(("4321.00", "600.00"), start=1):
        data = {
            "external_id": f"id-{canary[:8]}",
            "version": version,
            "fields": {"name": f"name-{canary}", "owner": address, "mrr": mrr, "seats": f"seats-{canary}"},
        }
        assert deployed.deliver(data).status == 200
        deployed.wait("the decision", lambda tier=version: _tier(deployed, canary) == f"tier-{tier}")  # type: ignore[misc]
    deployed.post("generic", canary.encode(), {"webhook-id": canary, "webhook-signature": f"v1,{canary}"})
    deployed.quiet()

    logs = {name: "\n".join(lines) for name, lines in deployed.logs().items() if lines}

    stack = deployed.running.stack
    planted = [canary, "@example.com", *stack.webhook_secrets.values(), stack.sandboxes["recurly"].api_key]
    secrets = [login.password for login in stack.users.values()]
    assert all(any(name in group for group in logs) for name in FUNCTIONS)
    assert [word for word in (*planted, *secrets, "Bearer ") for text in logs.values() if word in text] == []


def _tier(deployed: Deployed, canary: str) -> str | None:
    items = deployed.api().get(f"/v1/accounts?external_id=generic:id-{canary[:8]}")["items"]
    return items[0]["tier"]["id"] if items else None
