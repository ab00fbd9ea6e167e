"""The stand-in as a server on loopback: in process for tests, or as a process of its own."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from local.sandboxes.recurly.control import Control
from local.sandboxes.recurly.demo import demo_site
from local.sandboxes.recurly.faults import Fault, Faults, Kind
from local.sandboxes.recurly.site import Site
from local.sandboxes.recurly.vendor import Vendor, error

LOOPBACK = "127.0.0.1"
API_KEY = "recurly-sandbox-api-key"
WEBHOOK_SECRET = "recurly-sandbox-webhook-secret"
_POLL_SECONDS = 0.01
"""How soon the server notices that it is to stop."""


@dataclass(frozen=True, slots=True)
class Options:
    port: int = 0
    """0: a free one."""
    api_key: str = API_KEY
    webhook_secret: str = WEBHOOK_SECRET
    webhook_url: str | None = None
    """Where changes are announced."""


class Application:
    """The WSGI application: Recurly's routes and the stand-in's own."""

    def __init__(self, site: Site, options: Options) -> None:
        self.site = site
        self.faults = Faults()
        self.vendor = Vendor(site, options.api_key)
        self.control = Control(
            site, self.vendor, self.faults, webhook_url=options.webhook_url, webhook_secret=options.webhook_secret
        )
        self.stopping = Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            if request.path.startswith("/_sandbox/"):
                return self.control.answer(request)
            self.control.requests[f"{request.method} {request.path}"] += 1
            return self._answer_as_recurly(request)
        except HTTPException as refused:
            return error(refused.code or 500, "not_found", refused.description or "")

    def _answer_as_recurly(self, request: Request) -> Response:
        fault = self.faults.take(request.path) if request.method == "GET" else None
        if fault is None:
            return self.vendor.answer(request)
        if fault.kind in _INSTEAD:
            return _INSTEAD[fault.kind]()
        if fault.kind is Kind.RATE_LIMITED:
            return self._rate_limited(fault)
        if fault.kind is Kind.SLOW:
            self.stopping.wait(fault.seconds)
        answer = self.vendor.answer(request)
        return _SPOILT[fault.kind](answer) if fault.kind in _SPOILT else answer

    def _rate_limited(self, fault: Fault) -> Response:
        response = error(429, "rate_limited", "Too many requests.")
        response.headers["X-RateLimit-Remaining"] = "0"
        response.headers["X-RateLimit-Reset"] = str(int(self.site.clock().timestamp() + fault.seconds))
        return response


def _truncated(response: Response) -> Response:
    """Half of the body under the whole one's length, after which the connection closes."""
    body = response.get_data()
    cut = Response([body[: len(body) // 2]], headers=response.headers)
    cut.headers["Content-Length"] = str(len(body))
    return cut


def _leading_away(response: Response) -> Response:
    body = json.loads(response.get_data())
    body.update(has_more=True, next="https://elsewhere.example/accounts?cursor=1")
    response.set_data(json.dumps(body))
    return response


_INSTEAD: Mapping[Kind, Callable[[], Response]] = {
    Kind.ERROR: lambda: error(500, "internal_server_error", "Recurly experienced an error."),
    Kind.FORBIDDEN: lambda: error(403, "invalid_permissions", "The API key may not read this."),
    Kind.GONE: lambda: error(404, "not_found", "Couldn't find it."),
    Kind.REDIRECT: lambda: Response(status=302, headers={"Location": "https://elsewhere.example/"}),
    Kind.NOT_JSON: lambda: Response("<html>maintenance</html>", content_type="text/html"),
}
_SPOILT: Mapping[Kind, Callable[[Response], Response]] = {
    Kind.TRUNCATED: _truncated,
    Kind.FOREIGN_NEXT: _leading_away,
}


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are counted, not printed."""


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in that answers."""

    url: str
    application: Application
    options: Options = field(default_factory=Options)

    @property
    def site(self) -> Site:
        return self.application.site

    @property
    def faults(self) -> Faults:
        return self.application.faults

    @property
    def requests(self) -> dict[str, int]:
        """How often each method and path was asked."""
        return dict(self.application.control.requests)


@contextmanager
def running(site: Site | None = None, options: Options | None = None) -> Iterator[Running]:
    """A stand-in in this process until the block ends; by default with the demo site as of now."""
    options = options or Options()
    site = site or Site(demo_site(system_clock()), clock=system_clock)
    application = Application(site, options)
    server = make_server(LOOPBACK, options.port, application, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="recurly-sandbox")
    thread.start()
    try:
        yield Running(f"http://{LOOPBACK}:{server.server_port}", application, options)
    finally:
        application.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


def system_clock() -> datetime:
    return datetime.now(UTC)
