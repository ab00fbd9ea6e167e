"""Turns what a route raised into the problem document that its client reads."""

import traceback
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from functions.api.http.bodies import code, pointer, said
from functions.api.http.problems import ErrorView, error_view, problem
from functions.api.service.refusals import (
    Conflict,
    Forbidden,
    Malformed,
    NoPrecondition,
    NoSuch,
    Refusal,
    Stale,
)
from shared.accounts.listing import BadCursor
from shared.accounts.store import AccountMoved, AccountTooLarge
from shared.configuration.documents import DocumentTooLarge, StaleDocument
from shared.rules.errors import DocumentRefused
from shared.runtime.failures import Retryable
from shared.runtime.ports import QueueUnavailable, RunMoved

_STATUS: dict[type[Refusal], HTTPStatus] = {
    NoSuch: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    NoPrecondition: HTTPStatus.PRECONDITION_REQUIRED,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    Malformed: HTTPStatus.BAD_REQUEST,
}


FRAMES = 12
"""Of the place where something broke, innermost last."""

_SOON = {"Retry-After": "1"}


class Contended(Exception):
    """Another's write came between a route's reading and writing, and nothing was written: it may simply run again."""


def register(app: APIGatewayHttpResolver, logger: Logger) -> None:
    """Each kind of refusal with its problem.

    Whatever else is raised is a fault of ours: logged by its kind and place, for its message may quote what was sent.
    """

    def broken(error: Exception) -> Response[Any]:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        places = [f"{frame.filename}:{frame.lineno}" for frame in frames]
        logger.error("a request failed", error=type(error).__name__, places=places)
        return failed()

    for kinds, told in _TOLD:
        app.exception_handler(list(kinds))(told)
    app.exception_handler(Exception)(broken)


def not_found() -> Response[Any]:
    return problem(HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address.")


def failed() -> Response[Any]:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        "It failed through no fault of yours, and is logged.",
    )


def _refused(error: Refusal) -> Response[Any]:
    return problem(_STATUS[type(error)], error.code, str(error), map(error_view, error.errors))


def _document_refused(error: DocumentRefused) -> Response[Any]:
    count = len(error.errors)
    detail = "The document has an error." if count == 1 else f"The document has {count} errors."
    return problem(HTTPStatus.UNPROCESSABLE_CONTENT, "invalid", detail, map(error_view, error.errors))


def _parameters_refused(error: RequestValidationError) -> Response[Any]:
    errors = [ErrorView(pointer=pointer(e["loc"]), code=code(e).value, message=said(e)) for e in error.errors()]
    return problem(HTTPStatus.BAD_REQUEST, "bad_parameters", "A parameter is not as it should be.", errors)


def _bad_cursor(error: BadCursor) -> Response[Any]:
    return problem(HTTPStatus.BAD_REQUEST, "bad_cursor", str(error))


def _too_large(error: Exception) -> Response[Any]:
    return problem(HTTPStatus.UNPROCESSABLE_CONTENT, "too_large", str(error))


def _key_reused(_: Exception) -> Response[Any]:
    return problem(HTTPStatus.CONFLICT, "key_reused", "This Idempotency-Key came with another request before.")


def _in_progress(_: Exception) -> Response[Any]:
    detail = "The same request is still being worked on."
    return problem(HTTPStatus.CONFLICT, "in_progress", detail, headers=_SOON)


def _again(error: Exception) -> Response[Any]:
    raise Contended from error


def contended() -> Response[Any]:
    detail = "Others changed the same at the same time; nothing was changed by this request. Send it again."
    return problem(HTTPStatus.CONFLICT, "contended", detail, headers=_SOON)


def _unavailable(_: Exception) -> Response[Any]:
    detail = "A part of the system is not available now. Send the request again."
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, headers=_SOON)


_TOLD: Sequence[tuple[Sequence[type[Exception]], Callable[[Any], Response[Any]]]] = (
    ((Refusal,), _refused),
    ((DocumentRefused,), _document_refused),
    ((RequestValidationError,), _parameters_refused),
    ((BadCursor,), _bad_cursor),
    ((NotFoundError,), lambda _: not_found()),
    ((DocumentTooLarge, AccountTooLarge), _too_large),
    ((StaleDocument, AccountMoved, RunMoved), _again),
    ((Retryable, QueueUnavailable), _unavailable),
    ((IdempotencyPersistenceLayerError, IdempotencyInconsistentStateError), _unavailable),
    ((IdempotencyValidationError,), _key_reused),
    ((IdempotencyAlreadyInProgressError,), _in_progress),
)
