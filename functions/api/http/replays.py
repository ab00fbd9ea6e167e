"""Idempotency-Key: the same request of the same user, sent again within a day, gets the reply it got before."""

import json
from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer

from functions.api.http.session import KEY
from functions.api.service.refusals import Malformed
from functions.api.service.session import Session

DAY_SECONDS = 24 * 60 * 60
MAX_KEY = 255

type Middleware = Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]


def replaying(markers: BasePersistenceLayer) -> Middleware:
    """A middleware for POST routes; a refusal is not kept, so that the request may be mended and sent again."""
    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="request",
        expires_after_seconds=DAY_SECONDS,
        raise_on_no_idempotency_key=True,
        hash_function="sha256",
    )

    def middleware(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
        key = app.current_event.headers.get("idempotency-key")
        if key is None:
            return next_middleware(app)
        if not 0 < len(key) <= MAX_KEY:
            raise Malformed(f"An Idempotency-Key has 1 to {MAX_KEY} characters.")
        config.register_lambda_context(app.lambda_context)
        answered = idempotent_function(
            lambda *, asked: _kept(next_middleware(app)),  # noqa: ARG005 - the library reads it by name
            data_keyword_argument="asked",
            persistence_store=markers,
            config=config,
            key_prefix="api",
        )
        return _given_back(answered(asked=_identified(app, key)))

    return middleware


def _identified(app: APIGatewayHttpResolver, key: str) -> dict[str, Any]:
    session = cast("Session", app.context[KEY])
    event = app.current_event
    return {"key": [session.actor.id, key], "request": [event.http_method, event.path, event.body]}


def _kept(response: Response[Any]) -> dict[str, Any]:
    return {"status": response.status_code, "headers": dict(response.headers), "body": json.dumps(response.body)}


def _given_back(kept: dict[str, Any]) -> Response[Any]:
    return Response(kept["status"], body=json.loads(kept["body"]), headers=kept["headers"])
