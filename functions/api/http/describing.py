"""What each operation says of itself in the OpenAPI document."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from functions.api.http.problems import CONTENT_TYPE, Problem

_EDITED = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)
_SENT = (HTTPStatus.UNPROCESSABLE_CONTENT, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def operation(
    name: str,
    tag: str,
    summary: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    edits: bool = False,
    takes_body: bool = False,
    conflicts: bool = False,
    goes_on_as: object = None,
) -> dict[str, Any]:
    """Keyword arguments of a route's registration: `edits` what carries an ETag, `conflicts` with what may be,
    `goes_on_as` the shape of a 202, where not all is done when the reply comes.
    """
    refusals = (
        *_ALWAYS,
        *(_EDITED if edits else ()),
        *(_SENT if takes_body else ()),
        *([HTTPStatus.CONFLICT] if conflicts or edits else []),
    )
    return {
        "operation_id": name,
        "tags": [tag],
        "summary": summary,
        "status_code": status.value,
        "responses": {status.value: _success(status), **_accepted(goes_on_as), **_refused(refusals)},
    }


def page_operation(name: str, tag: str, summary: str) -> dict[str, Any]:
    """The same for a route that answers people with a page; an address that is none of it is refused as any is."""
    html = {"text/html": {"schema": {"type": "string"}}}
    missing = HTTPStatus.NOT_FOUND
    responses = {
        HTTPStatus.OK.value: {"description": HTTPStatus.OK.phrase, "content": html},
        missing.value: {"description": missing.phrase, "content": {**html, CONTENT_TYPE: {"model": Problem}}},
    }
    return {"operation_id": name, "tags": [tag], "summary": summary, "responses": responses}


def _success(status: HTTPStatus) -> dict[str, Any]:
    return {"description": status.phrase, **({"content": {}} if status is HTTPStatus.NO_CONTENT else {})}


def _accepted(shape: object) -> dict[int, Any]:
    if shape is None:
        return {}
    status = HTTPStatus.ACCEPTED
    return {status.value: {"description": status.phrase, "content": {"application/json": {"model": shape}}}}


def _refused(statuses: Iterable[HTTPStatus]) -> dict[int, Any]:
    return {
        status.value: {"description": status.phrase, "content": {CONTENT_TYPE: {"model": Problem}}}
        for status in statuses
    }
