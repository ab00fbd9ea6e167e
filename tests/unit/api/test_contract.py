"""The OpenAPI document: whole, sound, and true to what the routes answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.access.permissions import PUBLIC, ROUTES
from tests.support.builders import account
from tests.unit.api.stage import PUBLIC_URL, Stage

ASKED_FOR = "PUT /v1/accounts/{account_id}/tier"
"""200 where it is set, 202 where a CSM asks for it."""
APPROVALS = {f"POST /v1/accounts/{{account_id}}/tier/{verb}" for verb in ("approve", "reject")}


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    document: dict[str, Any] = Stage().call("GET /v1/openapi.json", role=None).json
    return document


def _operations(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for member in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(member)


def test_it_is_openapi_3_1_of_this_version(contract: dict[str, Any]) -> None:
    assert contract["openapi"] == "3.1.0"
    assert contract["info"]["title"] == "Tierwright"
    assert contract["servers"] == [{"url": PUBLIC_URL}]


def test_it_has_every_route_but_itself(contract: dict[str, Any]) -> None:
    itself = {"GET /v1/openapi.json", "GET /docs"}

    assert {route for route, _ in _operations(contract)} == {*ROUTES, *PUBLIC} - itself


def test_every_reference_leads_somewhere(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    references = {node["$ref"] for node in _nodes(contract) if "$ref" in node}

    assert {reference.removeprefix("#/components/schemas/") for reference in references} <= set(schemas)


def test_every_schema_is_a_json_schema(contract: dict[str, Any]) -> None:
    for schema in contract["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(contract: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in _operations(contract)]

    assert len(set(names)) == len(names)
    assert all(operation["summary"] and operation["tags"] for _, operation in _operations(contract))


def test_every_operation_says_how_it_answers_and_refuses(contract: dict[str, Any]) -> None:
    for route, operation in _operations(contract):
        good = [status for status in operation["responses"] if status.startswith("2")]
        assert len(good) == 1 or (len(good) == 2 and "202" in good), route
        for status in {*good} - {"204"}:
            content = operation["responses"][status]["content"]
            assert content, route
            assert all(media["schema"] for media in content.values()), route
        if route in ROUTES:
            for status in ("400", "401", "403", "404", "500"):
                assert "application/problem+json" in operation["responses"][status]["content"], route


def test_every_operation_says_what_the_gateway_refuses_by_itself(contract: dict[str, Any]) -> None:
    for route, operation in _operations(contract):
        told = {
            status
            for status, response in operation["responses"].items()
            if _tells_a_message(response.get("content", {}))
        }
        assert told == {"404", "413", "429", "503", *(["401"] if route in ROUTES else [])}, route


def _tells_a_message(content: dict[str, Any]) -> bool:
    schema = content.get("application/json", {}).get("schema", {})
    return bool(schema.get("properties") == {"message": {"type": "string"}})


def test_a_body_is_required_unless_it_may_be_null(contract: dict[str, Any]) -> None:
    required = {
        route: operation["requestBody"]["required"]
        for route, operation in _operations(contract)
        if "requestBody" in operation
    }

    may_be_null = ("POST /v1/policy/draft/validate", "POST /v1/accounts/{account_id}/tier/approve")
    assert required == {route: route not in may_be_null for route in required}


def test_what_needs_a_login_says_so(contract: dict[str, Any]) -> None:
    for route, operation in _operations(contract):
        assert operation.get("security") == (None if route in PUBLIC else [{"login": []}]), route


def test_what_is_edited_takes_if_match(contract: dict[str, Any]) -> None:
    edited = {
        route
        for route, operation in _operations(contract)
        for parameter in operation.get("parameters", ())
        if parameter["name"].lower() == "if-match"
    }

    assert (
        edited
        == {route for route in ROUTES if route.split()[0] in ("PUT", "PATCH", "DELETE")}
        - {
            "DELETE /v1/policy/publishes/{run_id}",
            "DELETE /v1/sources/{source}/runs/{run_id}",
            "DELETE /v1/accounts/bulk/{run_id}",
        }
        | APPROVALS
    )


@pytest.mark.parametrize(
    ("route", "address"),
    [
        ("GET /v1/tiers", ""),
        ("GET /v1/fields", ""),
        ("GET /v1/policy", ""),
        ("GET /v1/policy/versions", ""),
        ("GET /v1/policy/draft", ""),
        ("GET /v1/policy/templates", ""),
        ("GET /v1/accounts", ""),
        ("GET /v1/accounts/{account_id}", "/v1/accounts/acme"),
        ("GET /v1/accounts/{account_id}/decision", "/v1/accounts/acme/decision"),
        ("GET /v1/accounts/{account_id}/tier-history", "/v1/accounts/acme/tier-history"),
        ("GET /v1/sources", ""),
        ("GET /v1/sources/{source}", "/v1/sources/recurly"),
        ("GET /v1/settings", ""),
        ("GET /health", ""),
        ("GET /v1/nothing", "404"),
    ],
)
def test_replies_are_as_the_contract_says(stage: Stage, contract: dict[str, Any], route: str, address: str) -> None:
    stage.put(account("acme", mrr="640.00", tier="tier-1"))
    stage.call("PUT /v1/accounts/acme/tier", {"tier": "tier-3", "reason": "a trial"}, if_match="*")
    schema: dict[str, Any] = {"$ref": "#/components/schemas/Problem"}
    if address != "404":
        operation = dict(_operations(contract))[route]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    reply = stage.call(f"GET {address}" if address.startswith("/") else route)

    Draft202012Validator({**schema, "components": contract["components"]}).validate(reply.json)


WISH = {"tier": "tier-1", "reason": "a logo"}


@pytest.mark.parametrize(
    ("route", "body", "role", "status"),
    [
        (ASKED_FOR, WISH, "csm", 202),
        (ASKED_FOR, WISH, "manager", 200),
        ("POST /v1/accounts/{account_id}/tier/approve", {"of": "request"}, "manager", 200),
        ("POST /v1/accounts/{account_id}/tier/reject", {"reason": "no"}, "manager", 200),
        ("POST /v1/accounts/{account_id}/tier/approve", {"of": "demotion"}, "manager", 409),
        ("POST /v1/accounts/bulk", {"action": "approve", "ids": ["acme"]}, "manager", 202),
        ("GET /v1/accounts/bulk/{run_id}", None, "viewer", 200),
        ("DELETE /v1/accounts/bulk/{run_id}", None, "manager", 200),
    ],
)
def test_what_people_ask_and_answer_is_as_the_contract_says(
    contract: dict[str, Any], route: str, body: dict[str, Any] | None, role: str, status: int
) -> None:
    stage = Stage()
    stage.put(account("acme", mrr="640.00", tier="tier-2", owner="csm-1"))
    stage.call("PUT /v1/accounts/acme/tier", {**WISH, "expires_at": None}, role="csm", if_match="*")
    stage.call("POST /v1/accounts/bulk", {"action": "clear_override", "ids": ["acme"]})
    address = route.replace("{account_id}", "acme").replace("{run_id}", "run-1")

    reply = stage.call(address, body, role=role, if_match="*")

    assert reply.status == status
    operation = dict(_operations(contract))[route]
    content = operation["responses"][str(status)]["content"][reply.headers["Content-Type"]]
    Draft202012Validator({**content["schema"], "components": contract["components"]}).validate(reply.json)
