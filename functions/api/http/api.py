"""The front door: who calls and whether they may is settled here, before any route sees the request."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.api.http.bodies import Unread
from functions.api.http.identity import actor_of
from functions.api.http.problems import problem
from functions.api.http.refusing import Contended, contended, failed, not_found, register
from functions.api.http.routing import RouteTable
from functions.api.http.session import KEY
from functions.api.service.session import Session
from shared.access.people import Actor
from shared.access.permissions import PUBLIC, ROUTES, reach

ATTEMPTS = 4
"""How often a request runs that loses races for what it writes."""

ANYBODY = Actor("anybody")
JSON = "application/json"

_SAFE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On every reply that does not say otherwise."""


class Api:
    """Checks in this order: 401, 403, then the route's own 404, 428, 412, 400, 422."""

    def __init__(self, logger: Logger, clock: Callable[[], datetime]) -> None:
        self.resolver = APIGatewayHttpResolver(
            enable_validation=True,
            json_body_deserializer=Unread.of,  # type: ignore[arg-type]  # any value will do: it is what Later validates
            response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
        )
        self._clock = clock
        self._table = RouteTable([*ROUTES, *PUBLIC])
        register(self.resolver, logger)

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        request = APIGatewayProxyEventV2(dict(event))
        route = self._table.find(request.http_method.upper(), request.path)
        actor = ANYBODY if route in PUBLIC else actor_of(event)
        refusal = _refusal(route, actor, request)
        if refusal is None and actor is not None:
            answer = self._resolved(_readable(request), context, Session(actor, self._clock()))
        else:
            answer = _rendered(refusal or failed())
        answer["headers"] = {**_SAFE, **answer.get("headers", {})}
        answer["body"] = answer.get("body") or ""
        return answer

    def _resolved(self, event: dict[str, Any], context: LambdaContext, session: Session) -> dict[str, Any]:
        for _ in range(ATTEMPTS):
            self.resolver.context[KEY] = session
            try:
                return self.resolver.resolve(event, context)
            except Contended:
                continue
        return _rendered(contended())


def _refusal(route: str | None, actor: Actor | None, request: APIGatewayProxyEventV2) -> Response[Any] | None:
    if actor is None:
        return problem(HTTPStatus.UNAUTHORIZED, "unauthenticated", "Send an access token of this deployment's users.")
    if route is None:
        return not_found()
    if route not in PUBLIC and reach(ROUTES[route], actor.roles) is None:
        return problem(HTTPStatus.FORBIDDEN, "forbidden", "Your roles don't allow this.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.body and kind not in ("", JSON):
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", "Send JSON, as application/json.")
    return None


def _readable(request: APIGatewayProxyEventV2) -> dict[str, Any]:
    """The event with its body as JSON's text that is never empty: a missing one is refused in its turn, by its shape.

    Bytes that are no UTF-8 stay recognisable as such: the strict reader refuses them.
    """
    body = request.body or ""
    text = base64.b64decode(body).decode(errors="surrogateescape") if request.is_base64_encoded else body
    headers = {**request.headers, "content-type": JSON}
    return {**request.raw_event, "headers": headers, "body": text or " ", "isBase64Encoded": False}


def _rendered(response: Response[Any]) -> dict[str, Any]:
    return {
        "statusCode": response.status_code,
        "headers": response.headers,
        "body": response.body,
        "isBase64Encoded": False,
    }
