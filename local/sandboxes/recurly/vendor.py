"""Recurly's routes: what the stand-in answers as Recurly would, after its OpenAPI and documentation."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from local.sandboxes.recurly import views
from local.sandboxes.recurly.lists import BadParameter, Query, following
from local.sandboxes.recurly.site import NotThere, Object, Site

VERSION = "v2021-02-25"
MEDIA_TYPES = tuple(f"application/vnd.recurly.{VERSION}{suffix}" for suffix in ("", "+json"))
LIMIT = 400
"""Requests a minute that the headers tell of (a sandbox site's)."""

ROUTES = Map(
    [
        Rule("/accounts", endpoint="accounts"),
        Rule("/accounts/<reference>", endpoint="account"),
        Rule("/accounts/<reference>/subscriptions", endpoint="account_subscriptions"),
        Rule("/subscriptions", endpoint="subscriptions"),
        Rule("/subscriptions/<reference>", endpoint="subscription"),
        Rule("/invoices", endpoint="invoices"),
        Rule("/invoices/<reference>", endpoint="invoice"),
        Rule("/plans", endpoint="plans"),
        Rule("/plans/<reference>", endpoint="plan"),
    ],
    strict_slashes=True,
)
VIEWS: Mapping[str, Callable[[Site, Object], Object]] = {
    "accounts": views.account,
    "subscriptions": views.subscription,
    "invoices": views.invoice,
    "plans": views.plan,
}


class Vendor:
    """Answers GET and HEAD under Recurly's paths."""

    def __init__(self, site: Site, api_key: str) -> None:
        self.whole_urls = False
        """Whether `next` is a whole URL, as the OpenAPI's prose has it, or a path, as its schema says."""
        self._site = site
        self._key = api_key.encode()

    def answer(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return self._finished(refusal)
        endpoint, arguments = ROUTES.bind_to_environ(request.environ).match()
        reference = str(arguments.get("reference", ""))
        try:
            with self._site.lock:
                return self._finished(self._found(request, endpoint, reference))
        except NotThere:
            return self._finished(error(404, "not_found", f"Couldn't find {endpoint} with id = {reference}"))
        except BadParameter as wrong:
            return self._finished(error(400, "bad_request", f"The parameter {wrong} is invalid."))

    def _found(self, request: Request, endpoint: str, reference: str) -> Response:
        """Raises NotThere, BadParameter."""
        if endpoint == "account_subscriptions":
            owner = self._site.find("accounts", reference)
            rows = [one for one in self._site.all("subscriptions") if one["account_id"] == owner["id"]]
            return self._list(request, "subscriptions", rows)
        if endpoint in VIEWS:
            return self._list(request, endpoint, self._site.all(endpoint))
        kind = f"{endpoint}s"
        return document(VIEWS[kind](self._site, self._site.find(kind, reference)))

    def _list(self, request: Request, kind: str, rows: list[Object]) -> Response:
        parameters = {name: value for name, value in request.args.items() if value}
        query, now = Query.parse(parameters), self._site.clock()
        if kind == "subscriptions":
            rows = [row for row in rows if views.matches_state(row, parameters.get("state"), now)]
        if request.method == "HEAD":
            return Response(headers={"Recurly-Total-Records": str(len(query.matching(rows)))})
        shown, cursor = query.page(rows)
        path = following(request.path, parameters, cursor)
        if path is not None and self.whole_urls:
            path = urljoin(request.host_url, path)
        return document(views.page([VIEWS[kind](self._site, row) for row in shown], path))

    def _refusal(self, request: Request) -> Response | None:
        credentials = request.headers.get("Authorization", "")
        if not credentials.startswith("Basic "):
            return error(401, "unauthorized", "A valid API key is required.")
        if not hmac.compare_digest(_user(credentials), self._key):
            return error(401, "invalid_api_key", "The API key is invalid.")
        if request.headers.get("Accept") not in MEDIA_TYPES:
            message = "That accept header isn't in the format we use to specify an API version."
            return error(406, "invalid_api_version", message, acceptable_accept_headers=[MEDIA_TYPES[0]])
        return None

    def _finished(self, response: Response) -> Response:
        now = self._site.clock()
        response.headers["Recurly-Version"] = f"recurly.{VERSION}"
        response.date = now
        response.headers["X-RateLimit-Limit"] = str(LIMIT)
        response.headers["X-RateLimit-Remaining"] = str(LIMIT - 1)
        response.headers["X-RateLimit-Reset"] = str(int(now.timestamp()) + 60)
        return response


def document(body: Object) -> Response:
    return Response(json.dumps(body), content_type=f"{MEDIA_TYPES[1]}; charset=utf-8")


def error(status: int, kind: str, message: str, **members: Any) -> Response:
    """Recurly's envelope."""
    body = {"error": {"type": kind, "message": message, "params": [], **members}}
    return Response(json.dumps(body), status=status, content_type=f"{MEDIA_TYPES[1]}; charset=utf-8")


def _user(authorization: str) -> bytes:
    """The user of Basic credentials with an empty password, as Recurly takes its key."""
    try:
        user, colon, password = base64.b64decode(authorization.removeprefix("Basic "), validate=True).partition(b":")
    except binascii.Error:
        return b""
    return user if colon and not password else b""
