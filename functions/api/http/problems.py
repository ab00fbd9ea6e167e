"""Problem documents (RFC 9457): how every refusal reads."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypedDict

from aws_lambda_powertools.event_handler import Response

from shared.rules.errors import DocumentError

CONTENT_TYPE = "application/problem+json"


class ErrorView(TypedDict):
    """One thing that is wrong."""

    pointer: str
    """A JSON pointer (RFC 6901) into the body; for a parameter `/query/name` or `/header/name`."""
    code: str
    message: str


class Problem(TypedDict):
    """Why a request was refused (RFC 9457); `errors` has all that is wrong with it at once."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorView]


def error_view(error: DocumentError) -> ErrorView:
    return ErrorView(pointer=error.pointer, code=error.code.value, message=error.message)


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    errors: Iterable[ErrorView] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """`code` is what programs tell causes apart by: the end of `type`."""
    body = Problem(
        type=f"urn:tierwright:problem:{code}",
        title=status.phrase,
        status=status.value,
        detail=detail,
        errors=list(errors),
    )
    return Response(status.value, CONTENT_TYPE, json.dumps(body, separators=(",", ":")), headers=headers or {})
