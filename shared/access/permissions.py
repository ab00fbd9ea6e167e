"""Who may call what: one table of roles and routes; what is not in it is refused to everybody."""

from collections.abc import Mapping
from enum import StrEnum

from shared.access.people import Role


class Reach(StrEnum):
    """How far a role's permission goes."""

    ALL = "all"
    OWN = "own"
    """Only accounts whose CSM the user is."""


type Row = Mapping[Role, Reach]

_READ: Row = dict.fromkeys(Role, Reach.ALL)
_ADMINISTER: Row = {Role.ADMIN: Reach.ALL}
_MANAGE: Row = {**_ADMINISTER, Role.MANAGER: Reach.ALL}
_EDIT_OWN: Row = {**_MANAGE, Role.CSM: Reach.OWN}

PUBLIC = frozenset({"GET /health", "GET /why/{token}", "GET /v1/openapi.json", "GET /docs"})
"""Open to everybody, without a login; a `why` link proves itself by its signature."""

ROUTES: Mapping[str, Row] = {
    "GET /v1/tiers": _READ,
    "PUT /v1/tiers": _MANAGE,
    "POST /v1/tiers": _MANAGE,
    "PATCH /v1/tiers/{tier_id}": _MANAGE,
    "DELETE /v1/tiers/{tier_id}": _MANAGE,
    "GET /v1/fields": _READ,
    "POST /v1/fields": _MANAGE,
    "PATCH /v1/fields/{name}": _MANAGE,
    "DELETE /v1/fields/{name}": _MANAGE,
    "GET /v1/policy": _READ,
    "GET /v1/policy/versions": _READ,
    "GET /v1/policy/versions/{version}": _READ,
    "POST /v1/policy/versions/{version}/restore": _MANAGE,
    "GET /v1/policy/templates": _READ,
    "GET /v1/policy/draft": _READ,
    "PUT /v1/policy/draft": _MANAGE,
    "POST /v1/policy/draft/validate": _MANAGE,
    "POST /v1/policy/publish": _MANAGE,
    "GET /v1/policy/publishes/{run_id}": _READ,
    "DELETE /v1/policy/publishes/{run_id}": _MANAGE,
    "POST /v1/policy/evaluate": _READ,
    "GET /v1/accounts": _READ,
    "POST /v1/accounts/bulk": _MANAGE,
    "GET /v1/accounts/bulk/{run_id}": _READ,
    "DELETE /v1/accounts/bulk/{run_id}": _MANAGE,
    "GET /v1/accounts/{account_id}": _READ,
    "PATCH /v1/accounts/{account_id}": _EDIT_OWN,
    "PUT /v1/accounts/{account_id}/tier": _EDIT_OWN,
    "DELETE /v1/accounts/{account_id}/tier": _EDIT_OWN,
    "POST /v1/accounts/{account_id}/tier/approve": _MANAGE,
    "POST /v1/accounts/{account_id}/tier/reject": _MANAGE,
    "GET /v1/accounts/{account_id}/decision": _READ,
    "GET /v1/accounts/{account_id}/tier-history": _READ,
    "GET /v1/alerts": _READ,
    "GET /v1/alerts/{alert_id}": _READ,
    "GET /v1/sources": _READ,
    "GET /v1/sources/{source}": _READ,
    "PUT /v1/sources/{source}": _MANAGE,
    "POST /v1/sources/{source}/sync": _MANAGE,
    "GET /v1/sources/{source}/runs": _READ,
    "GET /v1/sources/{source}/runs/{run_id}": _READ,
    "DELETE /v1/sources/{source}/runs/{run_id}": _MANAGE,
    "GET /v1/breaker": _READ,
    "POST /v1/breaker/{breaker_id}/release": _MANAGE,
    "POST /v1/breaker/{breaker_id}/discard": _MANAGE,
    "GET /v1/pauses": _READ,
    "PUT /v1/pauses/{scope}": _MANAGE,
    "DELETE /v1/pauses/{scope}": _MANAGE,
    "GET /v1/settings": _READ,
    "PUT /v1/settings": _ADMINISTER,
}

OVERRIDES: Row = _MANAGE
"""Who sets and clears overrides with `/v1/accounts/{account_id}/tier`; whoever else reaches it asks, and takes back."""

SOURCE_SECRETS: Row = _ADMINISTER
"""Who may set a source's secrets with `PUT /v1/sources/{source}`."""


def reach(row: Row, roles: frozenset[Role]) -> Reach | None:
    """The furthest that any of the roles goes; None: not at all."""
    granted = {row[role] for role in roles if role in row}
    return Reach.ALL if Reach.ALL in granted else next(iter(granted), None)
