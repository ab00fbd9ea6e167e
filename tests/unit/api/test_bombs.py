"""JSON bombs to every route that takes a body: refused as the client's fault, and nothing is written."""

import pytest

from shared.access.permissions import ROUTES
from tests.support.bombs import KB, bombs
from tests.support.builders import account
from tests.unit.api.stage import Stage

SIZE = 64 * KB
ADDRESSES = {"{source}": "recurly", "{version}": "1", "{account_id}": "acme", "{tier_id}": "tier-1", "{name}": "seats"}
TAKING = [
    "PUT /v1/tiers",
    "POST /v1/tiers",
    "PATCH /v1/tiers/{tier_id}",
    "POST /v1/fields",
    "PATCH /v1/fields/{name}",
    "PUT /v1/policy/draft",
    "POST /v1/policy/draft/validate",
    "POST /v1/policy/publish",
    "POST /v1/policy/evaluate",
    "PATCH /v1/accounts/{account_id}",
    "PUT /v1/accounts/{account_id}/tier",
    "POST /v1/accounts/{account_id}/tier/approve",
    "POST /v1/accounts/{account_id}/tier/reject",
    "POST /v1/accounts/bulk",
    "PUT /v1/sources/{source}",
    "PUT /v1/pauses/{scope}",
    "PUT /v1/settings",
]
BODILESS = {"restore", "sync", "release", "discard"}
"""The ends of the addresses that are posted to without a body."""


@pytest.fixture(scope="module")
def stage() -> Stage:
    stage = Stage()
    stage.put(account("acme", mrr="640.00", tier="tier-2"))
    return stage


def _address(route: str) -> str:
    for parameter, value in {**ADDRESSES, "{scope}": "mail"}.items():
        route = route.replace(parameter, value)
    return route


def test_every_route_that_takes_a_body_is_among_these() -> None:
    sending = {route for route in ROUTES if route.split()[0] in ("POST", "PUT", "PATCH")}

    assert {route for route in sending if route.rpartition("/")[2] not in BODILESS} == set(TAKING)


@pytest.mark.parametrize("name", sorted(bombs(KB).keys() - {"white space"}))
def test_a_bomb_is_refused_by_every_route(name: str, stage: Stage) -> None:
    """White space is none here: it is no body, which a validation takes for the stored draft."""
    before = (dict(stage.documents.documents), stage.accounts.writes, len(stage.decide.sent))

    replies = {route: stage.call(_address(route), text=bombs(SIZE)[name], if_match="*") for route in TAKING}

    assert {route: reply.status for route, reply in replies.items() if reply.status not in (400, 422)} == {}
    assert all(len(reply.text) < KB for reply in replies.values())
    assert (dict(stage.documents.documents), stage.accounts.writes, len(stage.decide.sent)) == before


@pytest.mark.parametrize("route", TAKING)
def test_a_body_above_a_megabyte_is_refused(route: str, stage: Stage) -> None:
    assert stage.call(_address(route), text=b" " * 1024 * KB + b"{}", if_match="*").problem == "malformed"
