"""What the deployed functions log: no body, secret, token or address of anybody."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from local.api import ApiRefused
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
    _ask(deployed, canary)
    tokens = [*_tokens(deployed)]
    deployed.quiet()

    logs = {name: "\n".join(lines) for name, lines in deployed.logs().items() if lines}

    stack = deployed.running.stack
    planted = [canary, "@example.com", *stack.webhook_secrets.values(), stack.sandboxes["recurly"].api_key]
    secrets = [login.password for login in stack.users.values()]
    assert all(any(name in group for group in logs) for name in FUNCTIONS)
    assert [word for word in (*planted, *secrets, *tokens, "Bearer ") for text in logs.values() if word in text] == []


def _tier(deployed: Deployed, canary: str) -> str | None:
    tier: str | None = _account(deployed, canary)["tier"]["id"]
    return tier


def _ask(deployed: Deployed, canary: str) -> None:
    """The API and the why page: in bodies that are taken and refused, in addresses, headers and queries."""
    admin, account = deployed.api(), _account(deployed, canary)["id"]
    asked: list[tuple[str, str, object]] = [
        ("PUT", f"/v1/accounts/{account}/tier", {"tier": "tier-3", "reason": f"reason-{canary}"}),
        ("PUT", f"/v1/accounts/{account}/tier", {"tier": canary, "reason": canary}),
        ("PATCH", f"/v1/accounts/{account}", {"fields": {"owner": f"by-hand-{canary}@example.com", canary: canary}}),
        ("PUT", "/v1/sources/recurly", {"secrets": {"api_key": canary[:4]}, "base_url": f"https://{canary}:99999"}),
        ("POST", "/v1/policy/evaluate", {"account": {"id": canary, "fields": {"plan": canary, "mrr": canary}}}),
        ("GET", f"/v1/accounts?text={canary}&cursor={canary}", None),
        ("GET", f"/v1/{canary}", None),
    ]
    for method, path, body in asked:
        with suppress(ApiRefused):
            admin.call(method, path, body, headers={"if-match": "*", "x-note": canary, "idempotency-key": canary})
    deployed.get(f"{deployed.running.stack.api_url}/why/{canary}?q={canary}")


def _tokens(deployed: Deployed) -> Iterator[str]:
    """Those that people logged in with, and those of the links in the mails so far, which are opened."""
    for api in deployed._apis.values():
        yield api._headers["authorization"].removeprefix("Bearer ")
    for link in {word for mail in deployed.mails() for word in mail["text"].split() if "/why/" in word}:
        deployed.get(link)
        yield link.rpartition("/why/")[2]


def _account(deployed: Deployed, canary: str) -> Mapping[str, Any]:
    items = deployed.api().get(f"/v1/accounts?external_id=generic:id-{canary[:8]}")["items"]
    return dict(items[0]) if items else {"tier": {"id": None}}
