"""Replies that are more than a body: a version to name in If-Match, an address to look at."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from functions.api.http.preconditions import etag

JSON = "application/json"


def reply[T](
    body: T, *, version: int | None = None, status: HTTPStatus = HTTPStatus.OK, location: str | None = None
) -> Response[T]:
    """`version` becomes the ETag."""
    headers: dict[str, str | list[str]] = {}
    if version is not None:
        headers["ETag"] = etag(version)
    if location is not None:
        headers["Location"] = location
    return Response(status.value, JSON, body, headers=headers)


def nothing[T]() -> Response[T | None]:
    return Response(HTTPStatus.NO_CONTENT.value)
