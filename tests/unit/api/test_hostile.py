"""Whatever a client sends, it is answered, and never as a fault of ours."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.access.permissions import ROUTES
from tests.support.builders import account
from tests.unit.api.stage import Context, Stage, request

STAGE = Stage()
STAGE.put(account("acme", mrr="640.00", tier="tier-2"))

KEYS = """
account fields mrr tier tiers rules id when all any not field op value over policy reason expires_at now name
type options label sources mapping property translate secrets api_key webhook_secrets base_url rates time_zone
items override history draft_etag requires otherwise precedence stability condition rank targets
action ids seen dry_run of
"""
NAMES = st.sampled_from(KEYS.split())
PARAMETERS = "limit cursor tier owner stage text pending requested external_id account rule state type"
WORDS = st.sampled_from(
    ["tier-1", "mrr", ">=", "always", "2026-11-22T07:00:00Z", "1000.00", "rules", "approve", "*", "", "\x00", "≠"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=20)
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5)
)
BODIES = DOCUMENTS.map(json.dumps) | st.text(max_size=60) | st.binary(max_size=40)
ADDRESSES = {"{source}": "recurly", "{version}": "1", "{account_id}": "acme", "{tier_id}": "tier-1", "{name}": "nps"}
SENDING = sorted(route for route in ROUTES if route.split()[0] in ("POST", "PUT", "PATCH"))
READING = sorted(route for route in ROUTES if route.startswith("GET"))


def _address(route: str) -> str:
    for parameter, value in ADDRESSES.items():
        route = route.replace(parameter, value)
    return route


def _check(reply: Any, route: str) -> None:
    assert reply.status < 500, route
    if reply.status >= 400:
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json["status"] == reply.status


@settings(max_examples=400)
@given(route=st.sampled_from(SENDING), body=BODIES, if_match=st.just("*") | st.text(max_size=8))
def test_no_body_is_a_fault_of_ours(route: str, body: str | bytes, if_match: str) -> None:
    _check(STAGE.call(_address(route), text=body, if_match=if_match), route)


@settings(max_examples=200)
@given(
    route=st.sampled_from(READING),
    query=st.dictionaries(
        st.sampled_from(PARAMETERS.split()),
        st.text(max_size=30, alphabet=st.characters(exclude_categories=["Cs"])),
    ),
)
def test_no_query_is_a_fault_of_ours(route: str, query: dict[str, str]) -> None:
    event_query = "&".join(f"{name}={_quoted(value)}" for name, value in query.items())

    _check(STAGE.call(f"{_address(route)}?{event_query}"), route)


@settings(max_examples=200)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    path=st.text(max_size=40, alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="?#")),
)
def test_no_path_is_a_fault_of_ours(method: str, path: str) -> None:
    _check(STAGE.call(f"{method} /v1/accounts/{_quoted(path)}"), path)


@pytest.mark.parametrize("groups", ["", "[]", "[admin", "admin", "[root]", "[admin, csm]", "[  ]", "[Admin]"])
def test_no_token_s_groups_are_a_fault_of_ours(groups: str) -> None:
    event = request("GET /v1/tiers")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:groups"] = groups

    assert STAGE.api(event, Context())["statusCode"] in (200, 403)


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
