"""Which handler a request gets to, by role: asked of the router, so that no row of the table guards another route."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.access.people import Role
from shared.access.permissions import PUBLIC, ROUTES, Reach, reach
from tests.support.builders import account
from tests.unit.api.stage import Context, Stage, request

ADDRESSES = {"{source}": "recurly", "{version}": "1", "{account_id}": "mine", "{token}": "nonsense", "{name}": "seats"}
OTHERS = {**ADDRESSES, "{account_id}": "theirs"}
CALLERS = (*Role, "stranger", None)
METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "")


class Door:
    """An API whose router tells which route it calls; accounts `mine` and `theirs`, as the CSM sees them."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.stage.put(account("mine", mrr="1200.00", owner="csm-1"))
        self.stage.put(account("theirs", mrr="1200.00", owner="manager-1"))
        self.called: list[str] = []
        router: Any = self.stage.api.resolver
        call = router._call_route
        ours = [*router._static_routes, *router._dynamic_routes]

        def noting(route: Any, route_arguments: Any) -> Any:
            # The framework answers with 404 by a route of its own that it makes for the address, such as `/why/#`.
            if any(route is each for each in ours):
                self.called.append(f"{route.method} {route.openapi_path}")
            return call(route, route_arguments)

        router._call_route = noting

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        self.called.clear()
        yield self.called

    def status(self, method: str, path: str, role: str | None, text: str | None = None) -> int:
        event = request("GET /", text, role=role, headers={"if-match": "*"})
        event["rawPath"] = event["requestContext"]["http"]["path"] = path
        event["requestContext"]["http"]["method"] = method
        return int(self.stage.api(event, Context())["statusCode"])


@pytest.fixture(scope="module")
def door() -> Door:
    return Door()


def _address(route: str, given: Mapping[str, str] = ADDRESSES) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    for parameter, value in given.items():
        path = path.replace(parameter, value)
    return method, path.replace("{", "").replace("}", "")


def _may(route: str, role: str | None) -> bool:
    roles = frozenset(each for each in Role if each.value == role)
    return route in PUBLIC or (role is not None and reach(ROUTES[route], roles) is not None)


@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize("route", [*ROUTES, *sorted(PUBLIC)])
def test_a_caller_gets_to_the_route_s_own_handler_or_to_none(door: Door, route: str, role: str | None) -> None:
    with door.watched() as called:
        status = door.status(*_address(route), role)

    assert called == ([route] if _may(route, role) else [])
    assert status < 500
    if not called:
        assert status == (401 if role is None else 403)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", [route for route, row in ROUTES.items() if Reach.OWN in row.values()])
def test_who_reaches_only_their_own_is_refused_another_s_before_anything_else(
    door: Door, route: str, role: Role
) -> None:
    """Whatever else is wrong with the request: here it has no body."""
    own, other = (door.status(*_address(route, given), role) for given in (ADDRESSES, OTHERS))

    match ROUTES[route].get(role):
        case Reach.ALL:
            assert 403 not in (own, other)
        case Reach.OWN:
            assert (own != 403, other) == (True, 403)
        case None:
            assert (own, other) == (403, 403)


UNKNOWN = [
    "/",
    "",
    "/v1",
    "/v1/",
    "/v1/tiers/",
    "//v1/tiers",
    "/v1//tiers",
    "/V1/tiers",
    "/v1/Tiers",
    "/v1/tiers\n",
    "/v1/tiers\x00",
    "/v1/tiers%00",
    "/v1/tiers;a=b",
    "/v1/./tiers",
    "/v1/accounts/../settings",
    "/v1/accounts/%2e%2e/settings",
    "/v1/accounts/mine/../../settings",
    "/v1/accounts//tier",
    "/v1/accounts/mine/tier/approve/x",
    "/v2/tiers",
    "/health/v1/tiers",
    "/why/a/b",
    "/docs/",
    "/webhooks/generic",
    "/v1/accounts/" + "x" * 129,
]


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("path", UNKNOWN)
def test_an_address_that_is_none_leads_to_no_handler(door: Door, path: str, method: str) -> None:
    with door.watched() as called:
        statuses = [door.status(method, path, role) for role in CALLERS]

    assert called == []
    assert set(statuses[:-1]) == {404}
    assert statuses[-1] == 401


KNOWN = {*ROUTES, *PUBLIC}
PATHS = sorted({route.split()[1] for route in KNOWN})


def _fits(address: str, route: str) -> bool:
    """`bulk` is an account's id as well, by its form."""
    parts = list(zip(address.split("/"), route.split("/"), strict=False))
    return address.count("/") == route.count("/") and all(own in (part, "{account_id}") for part, own in parts)


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_a_path_does_not_have_leads_to_no_handler(door: Door, path: str) -> None:
    lacking = [method for method in METHODS if not any(_fits(f"{method.upper()} {path}", route) for route in KNOWN)]
    with door.watched() as called:
        statuses = {door.status(method, _address(f"{method} {path}")[1], Role.ADMIN) for method in lacking}

    assert (called, statuses) == ([], {404})


SEGMENTS = sorted({part for route in KNOWN for part in _address(route)[1].split("/") if part})
pieces = st.sampled_from([*SEGMENTS, "", ".", "..", "%2e%2e", "%2F", "*", "{account_id}", "<name>"]) | st.text(
    max_size=4
)
DOOR = Door()


@settings(max_examples=500)
@example(method="GET", path="/why/#", role=None)
@given(
    method=st.sampled_from(METHODS),
    path=st.lists(pieces, max_size=6).map(lambda parts: "/" + "/".join(parts)),
    role=st.sampled_from(CALLERS),
)
def test_whatever_the_address_the_handler_s_own_row_was_asked(method: str, path: str, role: str | None) -> None:
    with DOOR.watched() as called:
        status = DOOR.status(method, path, role)

    assert all(_may(route, role) for route in called)
    assert status < 500
