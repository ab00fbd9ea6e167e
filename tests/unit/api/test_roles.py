"""Every role on every route: the table of permissions, cell by cell, as the front door applies it."""

from dataclasses import replace

import pytest

from shared.access.people import Role
from shared.access.permissions import OVERRIDES, PUBLIC, ROUTES, SOURCE_SECRETS, Reach, reach
from shared.accounts.identity import FieldName
from tests.support.builders import account
from tests.unit.api.stage import Stage

ROLES = (Role.ADMIN, Role.MANAGER, Role.CSM, Role.VIEWER)

GRID = """
route                                            admin manager csm viewer
GET /v1/tiers                                    all   all     all all
PUT /v1/tiers                                    all   all     -   -
POST /v1/tiers                                   all   all     -   -
PATCH /v1/tiers/{tier_id}                        all   all     -   -
DELETE /v1/tiers/{tier_id}                       all   all     -   -
GET /v1/fields                                   all   all     all all
POST /v1/fields                                  all   all     -   -
PATCH /v1/fields/{name}                          all   all     -   -
DELETE /v1/fields/{name}                         all   all     -   -
GET /v1/policy                                   all   all     all all
GET /v1/policy/versions                          all   all     all all
GET /v1/policy/versions/{version}                all   all     all all
POST /v1/policy/versions/{version}/restore       all   all     -   -
GET /v1/policy/templates                         all   all     all all
GET /v1/policy/draft                             all   all     all all
PUT /v1/policy/draft                             all   all     -   -
POST /v1/policy/draft/validate                   all   all     -   -
POST /v1/policy/publish                          all   all     -   -
GET /v1/policy/publishes/{run_id}                all   all     all all
DELETE /v1/policy/publishes/{run_id}             all   all     -   -
POST /v1/policy/evaluate                         all   all     all all
GET /v1/accounts                                 all   all     all all
POST /v1/accounts/bulk                           all   all     -   -
GET /v1/accounts/bulk/{run_id}                   all   all     all all
DELETE /v1/accounts/bulk/{run_id}                all   all     -   -
GET /v1/accounts/{account_id}                    all   all     all all
PATCH /v1/accounts/{account_id}                  all   all     own -
PUT /v1/accounts/{account_id}/tier               all   all     own -
DELETE /v1/accounts/{account_id}/tier            all   all     own -
POST /v1/accounts/{account_id}/tier/approve      all   all     -   -
POST /v1/accounts/{account_id}/tier/reject       all   all     -   -
GET /v1/accounts/{account_id}/decision           all   all     all all
GET /v1/accounts/{account_id}/tier-history       all   all     all all
GET /v1/alerts                                   all   all     all all
GET /v1/alerts/{alert_id}                        all   all     all all
GET /v1/sources                                  all   all     all all
GET /v1/sources/{source}                         all   all     all all
PUT /v1/sources/{source}                         all   all     -   -
POST /v1/sources/{source}/sync                   all   all     -   -
GET /v1/sources/{source}/runs                    all   all     all all
GET /v1/sources/{source}/runs/{run_id}           all   all     all all
DELETE /v1/sources/{source}/runs/{run_id}        all   all     -   -
GET /v1/breaker                                  all   all     all all
POST /v1/breaker/{breaker_id}/release            all   all     -   -
POST /v1/breaker/{breaker_id}/discard            all   all     -   -
GET /v1/pauses                                   all   all     all all
PUT /v1/pauses/{scope}                           all   all     -   -
DELETE /v1/pauses/{scope}                        all   all     -   -
GET /v1/settings                                 all   all     all all
PUT /v1/settings                                 all   -       -   -
"""

EXPECTED = {" ".join(line.split()[:2]): line.split()[2:] for line in GRID.strip().splitlines()[1:]}
CELLS = [(route, role, cell) for route, cells in EXPECTED.items() for role, cell in zip(ROLES, cells, strict=True)]


def _address(route: str) -> str:
    given = {"{source}": "recurly", "{version}": "1", "{account_id}": "acme"}
    for parameter, value in given.items():
        route = route.replace(parameter, value)
    return route.replace("{", "").replace("}", "")


@pytest.fixture(scope="module")
def door() -> Stage:
    """One for all cells: what a call changes is no matter to the next."""
    stage = Stage()
    stage.put(account("acme", mrr="1200.00", owner="csm-1"))
    return stage


def test_the_table_has_these_routes_and_no_others() -> None:
    assert set(ROUTES) == set(EXPECTED)


@pytest.mark.parametrize(("route", "role", "cell"), CELLS)
def test_each_role_reaches_what_the_grid_says(route: str, role: Role, cell: str) -> None:
    found = reach(ROUTES[route], frozenset({role}))

    assert (found.value if found else "-") == cell


@pytest.mark.parametrize(("route", "role", "cell"), CELLS)
def test_the_front_door_lets_through_what_the_grid_says(door: Stage, route: str, role: Role, cell: str) -> None:
    reply = door.call(_address(route), role=role.value)

    assert (reply.status == 403) == (cell == "-")
    assert reply.status not in (401, 500)


@pytest.mark.parametrize("route", [*ROUTES])
def test_nobody_passes_without_a_token(door: Stage, route: str) -> None:
    reply = door.call(_address(route), role=None)

    assert reply.status == 401
    assert reply.problem == "unauthenticated"


@pytest.mark.parametrize("route", [*ROUTES])
def test_a_user_without_a_role_reaches_nothing(door: Stage, route: str) -> None:
    assert door.call(_address(route), role="stranger").status == 403


def test_a_user_of_two_roles_reaches_what_either_does() -> None:
    assert reach(ROUTES["PUT /v1/settings"], frozenset({Role.VIEWER, Role.ADMIN})) is Reach.ALL
    assert reach(ROUTES["PATCH /v1/accounts/{account_id}"], frozenset({Role.CSM, Role.MANAGER})) is Reach.ALL


def test_the_router_has_the_routes_of_the_table_and_no_others(stage: Stage) -> None:
    app = stage.api.resolver
    routed = {f"{route.method} {route.openapi_path}" for route in [*app._static_routes, *app._dynamic_routes]}

    assert routed == {*ROUTES, *PUBLIC}


def test_a_csm_edits_own_accounts_by_id_or_address(stage: Stage) -> None:
    stage.put(account("by-id", mrr="1.00", owner="csm-1"))
    stage.put(account("by-address", mrr="1.00", owner="CSM@example.com"))
    edit = {"fields": {"csm_score": 7}}

    assert stage.call("PATCH /v1/accounts/by-id", edit, role="csm", if_match="*").status == 200
    assert stage.call("PATCH /v1/accounts/by-address", edit, role="csm", if_match="*").status == 200


@pytest.mark.parametrize("owner", ["manager-1", None])
def test_a_csm_edits_no_other_accounts(stage: Stage, owner: str | None) -> None:
    theirs = account("theirs", mrr="1.00")
    stage.put(replace(theirs, values={**theirs.values, FieldName("owner"): owner}) if owner else theirs)

    reply = stage.call("PATCH /v1/accounts/theirs", {"fields": {"csm_score": 7}}, role="csm", if_match="*")

    assert reply.status == 403
    assert reply.problem == "forbidden"


def test_only_managers_and_admins_set_overrides() -> None:
    assert {role for role in Role if reach(OVERRIDES, frozenset({role}))} == {Role.ADMIN, Role.MANAGER}


def test_only_an_admin_sets_a_source_s_secrets(stage: Stage) -> None:
    body = {"secrets": {"api_key": "a-key-of-the-vendor"}}

    assert stage.call("PUT /v1/sources/recurly", body, role="manager", if_match="*").status == 403
    assert not stage.secrets.values.get("api/recurly")
    assert reach(SOURCE_SECRETS, frozenset({Role.MANAGER})) is None
    assert stage.call("PUT /v1/sources/recurly", body, role="admin", if_match="*").status == 200
