"""The mailbox over HTTP: the list, one mail, and both as JSON for tests."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from local.mailbox.mails import Mail

type Read = Callable[[], Sequence[Mail]]

_TEMPLATES = Path(__file__).parent / "templates"
_OWN_PAGES = "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; base-uri 'none'"
_A_MAIL = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'self'"
)
"""A mail's HTML runs no script and loads nothing; its links open in a tab of their own."""


class Mailbox:
    """A WSGI application over a function that reads the mails, newest first."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
        self._routes = Map(
            [
                Rule("/", endpoint=self._list),
                Rule("/mails/<mail_id>", endpoint=self._one),
                Rule("/mails/<mail_id>/html", endpoint=self._html),
                Rule("/messages.json", endpoint=self._json),
            ]
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        adapter = self._routes.bind_to_environ(environ)
        try:
            endpoint, arguments = adapter.match()
            answer: Response | HTTPException = endpoint(**arguments)
        except HTTPException as error:
            answer = error
        return answer(environ, start_response)

    def _list(self) -> Response:
        return self._page("list.html", mails=self._read())

    def _one(self, mail_id: str) -> Response:
        return self._page("mail.html", mail=self._find(mail_id))

    def _html(self, mail_id: str) -> Response:
        html = self._find(mail_id).html
        if html is None:
            raise NotFound
        return _response(html.replace("<head>", '<head><base target="_blank">', 1), "text/html", _A_MAIL)

    def _json(self) -> Response:
        mails = [mail.as_json() for mail in self._read()]
        return _response(json.dumps({"messages": mails}), "application/json", _OWN_PAGES)

    def _find(self, mail_id: str) -> Mail:
        for mail in self._read():
            if mail.id == mail_id:
                return mail
        raise NotFound

    def _page(self, name: str, **values: object) -> Response:
        return _response(self._templates.get_template(name).render(**values), "text/html", _OWN_PAGES)


def _response(text: str, kind: str, policy: str) -> Response:
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(text, content_type=f"{kind}; charset=utf-8", headers=headers)
