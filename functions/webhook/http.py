"""The webhook's HTTP form: API Gateway's event (payload format 2.0) in, a response out."""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from functions.webhook.service import MAX_BODY, Outcome, Request, Verdict

_STATUS: Mapping[Outcome, HTTPStatus] = {
    Outcome.QUEUED: HTTPStatus.OK,
    Outcome.IGNORED: HTTPStatus.OK,
    Outcome.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Outcome.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Outcome.MALFORMED: HTTPStatus.BAD_REQUEST,
    Outcome.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
_DETAIL: Mapping[Outcome, str] = {
    Outcome.TOO_LARGE: f"A webhook's body has at most {MAX_BODY} bytes.",
    Outcome.UNAUTHENTICATED: "No signature of this body by a source that is set up here, made within five minutes.",
    Outcome.MALFORMED: "The body can't be read; nothing of it was taken.",
    Outcome.UNAVAILABLE: "The delivery could not be queued whole: send it again.",
}


def request_of(event: Mapping[str, Any]) -> Request:
    """Whatever the event lacks is empty, and so proves nothing."""
    return Request(
        source=str(_members(event, "pathParameters").get("source", "")),
        headers={str(name).lower(): str(value) for name, value in _members(event, "headers").items()},
        body=_body(event),
    )


def _members(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = event.get(name)
    return value if isinstance(value, Mapping) else {}


def _body(event: Mapping[str, Any]) -> bytes:
    """The bytes that were signed. What is no base64, though flagged so, stays as it is: no signature fits it."""
    raw = str(event.get("body") or "").encode(errors="surrogatepass")
    if event.get("isBase64Encoded") is not True:
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except ValueError:
        return raw


def response(verdict: Verdict) -> dict[str, Any]:
    """An empty body for what was taken, else a problem document (RFC 9457) that is the same for the same outcome; only
    a proven sender reads what is wrong with its body.
    """
    status = _STATUS[verdict.outcome]
    if status is HTTPStatus.OK:
        return {"statusCode": status.value, "body": ""}
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": _DETAIL[verdict.outcome],
    }
    if verdict.outcome is Outcome.MALFORMED:
        problem["errors"] = [{"pointer": "", "message": verdict.reason}]
    return {
        "statusCode": status.value,
        "headers": {"content-type": "application/problem+json"},
        "body": json.dumps(problem),
    }
