"""Nothing that users send, or that the API keeps for them, is in its log."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.accounts.identity import AccountId
from shared.memory.secrets import MemorySecrets
from shared.why import link
from tests.support.builders import NOW, account
from tests.support.canaries import Planted
from tests.unit.api.stage import Context, Stage, request


@pytest.fixture
def planted() -> Planted:
    return Planted()


class Api(Stage):
    """With a user and keys of its own."""

    def ask(
        self, planted: Planted, route: str, body: object = None, *, text: str | None = None, role: str = "admin"
    ) -> None:
        words = planted.words
        sent = json.dumps(body) if body is not None else text
        event = request(route, sent, role=role, headers={"if-match": "*"})
        event["headers"] |= {
            "authorization": f"Bearer {words['an access token']}",
            "cookie": words["a session's cookie"],
            "idempotency-key": words["an idempotency key"],
            words["an odd header"]: words["an odd header's value"],
        }
        event["requestContext"]["http"]["sourceIp"] = words["a user's network address"]
        claims = event["requestContext"].get("authorizer", {"jwt": {"claims": {}}})["jwt"]["claims"]
        claims |= {"email": words.address("a caller's address"), "username": words["a caller's name"]}
        planted.run("api", lambda: self.api(event, Context()))


def test_the_api_tells_nothing_of_requests(planted: Planted) -> None:
    words, stage = planted.words, Api(secrets=MemorySecrets({"why": [planted.words["the api's key of links"]]}))
    stage.put(account("acme", mrr="640.00", tier="tier-2", name=words["a listed account"]))
    token = link.sign(AccountId("acme"), NOW + timedelta(days=1), "another key of links")
    genuine = link.sign(AccountId("acme"), NOW + timedelta(days=1), words["the api's key of links"])
    words["a token that opens"], words["a token that does not"] = genuine, token
    secrets = {
        "webhook_secrets": [f"{words['a webhook secret']}-0123456789"],
        "api_key": f"{words['a new api key']}-0123",
    }
    asked: list[tuple[str, object]] = [
        ("PUT /v1/sources/recurly", {"secrets": secrets}),
        ("PUT /v1/sources/recurly", {"base_url": f"https://{words['an address']}:99999"}),
        ("PUT /v1/accounts/acme/tier", {"tier": "tier-1", "reason": words["a reason"]}),
        ("PUT /v1/accounts/acme/tier", {"tier": words["a tier"], "reason": 7}),
        (
            "PATCH /v1/accounts/acme",
            {"fields": {"plan": words["a plan by hand"], "owner": words.address("an owner by hand")}},
        ),
        ("PATCH /v1/accounts/acme", {"fields": {words["a field"]: words["its value"]}}),
        ("PUT /v1/settings", {"fallback_recipients": [words.address("a recipient of alerts")]}),
        ("PUT /v1/tiers", {"tiers": [{"id": "x", "name": words["a tier's name"]}]}),
        ("PUT /v1/policy/draft", {"rules": [{"id": words["a rule"], "tier": "tier-1", "when": words["a condition"]}]}),
        ("POST /v1/policy/evaluate", {"account": {"id": words["an id"], "fields": {"mrr": words["an amount"]}}}),
        ("PUT /v1/pauses/mail", {"reason": words["a pause's reason"]}),
        (
            f"GET /v1/accounts?text={words['a search']}&owner={words['a searched owner']}&cursor={words['a cursor']}",
            None,
        ),
        (f"GET /v1/accounts/{words['an unknown account']}", None),
        (f"GET /v1/{words['an unknown address']}", None),
        (f"GET /why/{genuine}", None),
        (f"GET /why/{token}", None),
    ]
    for route, body in asked:
        stage.ask(planted, route, body)
    stage.ask(planted, "PUT /v1/settings", text=f'{{"{words["a body cut off"]}')

    assert planted.found() == {}


def test_the_api_tells_of_a_fault_by_its_kind_and_place(planted: Planted) -> None:
    words, stage = planted.words, Api()
    stage.put(account("acme", mrr="640.00"))

    def fails(*_: object, **__: object) -> Any:
        raise RuntimeError(words["a fault of the api's store"])

    stage.accounts.commit = fails  # type: ignore[method-assign]
    stage.ask(planted, "PATCH /v1/accounts/acme", {"fields": {"plan": words["a value that fails"]}})

    assert planted.found() == {}
    assert '"RuntimeError"' in planted.logs["api"] or "'RuntimeError'" in planted.logs["api"]
