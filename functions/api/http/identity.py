"""Reads who calls from the claims that the gateway's authorizer has verified."""

from collections.abc import Mapping

from shared.access.people import Actor, Role

_ROLES = {role.value: role for role in Role}


def actor_of(event: Mapping[str, object]) -> Actor | None:
    """The user of the access token: found by `sub`, the roles by its groups; None where there is no token.

    An HTTP API hands a claim that is a list to the function as text: `[admin csm]`.
    """
    claims = _at(event, "requestContext", "authorizer", "jwt", "claims")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        return None
    groups = str(claims.get("cognito:groups", "")).strip("[]").replace(",", " ").split()
    return Actor(subject, frozenset(_ROLES[group] for group in groups if group in _ROLES))


def _at(event: Mapping[str, object], *path: str) -> Mapping[str, object]:
    found: object = event
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
