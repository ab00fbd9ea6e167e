"""The contract: the OpenAPI document, made of the routes' own types and of the table of who may call them."""

import json
from collections.abc import Iterator
from functools import cached_property
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from functions.api.http.problems import CONTENT_TYPE
from functions.api.version import VERSION
from shared.access.permissions import PUBLIC

LOGIN = "login"
_NOT_OURS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""The library's own refusals: ours are problem documents, all of one shape."""
_PROBLEM = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_GATEWAY = {
    "application/json": {
        "schema": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
    }
}
_OF_THE_GATEWAY = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What API Gateway refuses by itself, before any function sees the request or after one failed to answer; where a login
is needed, that too.
"""

ABOUT = """Keeps every customer account in the right tier and says why.

Lists answer `items` and `next_cursor`. Documents that people edit carry an `ETag`; their changes name it in `If-Match`.
Refusals are problem documents (RFC 9457) with every error at once. `Idempotency-Key` makes a `POST` safe to repeat.
"""


class Contract:
    def __init__(self, app: APIGatewayHttpResolver, public_url: str) -> None:
        self._app = app
        self._public_url = public_url

    @cached_property
    def document(self) -> dict[str, Any]:
        """Made at the first call: it takes longer than any other reply."""
        text = self._app.get_openapi_json_schema(
            title="Tierwright", version=VERSION, openapi_version="3.1.0", description=ABOUT
        )
        document: dict[str, Any] = json.loads(text)
        for route, operation in _operations(document):
            if route not in PUBLIC:
                operation["security"] = [{LOGIN: []}]
            _refuse_with_problems(operation["responses"])
            _let_the_gateway_refuse(operation["responses"], login=route not in PUBLIC)
            _let_null_be_left_out(operation.get("requestBody", {}))
        document["servers"] = [{"url": self._public_url}]
        components = document["components"]
        components["schemas"] = {
            name: schema for name, schema in components["schemas"].items() if name not in _NOT_OURS
        }
        components["securitySchemes"] = {
            LOGIN: {"type": "http", "scheme": "bearer", "description": "An access token of the deployment's user pool."}
        }
        return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _refuse_with_problems(responses: dict[str, Any]) -> None:
    for status, response in [*responses.items()]:
        schemas = json.dumps(response.get("content", {}))
        if "ResponseValidationError" in schemas:
            responses[status] = {"description": "Internal Server Error", "content": _PROBLEM}
        elif "HTTPValidationError" in schemas:
            del responses[status]


def _let_the_gateway_refuse(responses: dict[str, Any], *, login: bool) -> None:
    for status in (*_OF_THE_GATEWAY, *([HTTPStatus.UNAUTHORIZED] if login else [])):
        response = responses.setdefault(str(status.value), {"description": status.phrase})
        response["content"] = {**response.get("content", {}), **_GATEWAY}


def _let_null_be_left_out(body: dict[str, Any]) -> None:
    """No body at all counts as null: one that may be null is not required."""
    shapes = [media["schema"] for media in body.get("content", {}).values()]
    if any({"type": "null"} in shape.get("anyOf", ()) for shape in shapes):
        body["required"] = False
