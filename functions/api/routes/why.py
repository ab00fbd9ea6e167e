"""/why/{token}: the page that the link in a mail leads to; no login, one account, nothing to press."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from functions.api.http.describing import page_operation
from functions.api.http.session import Here
from functions.api.service.why import Why

HTML = "text/html; charset=utf-8"

NO_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>No such page</title></head>
<body><h1>This link does not work</h1>
<p>It may have expired: links last 14 days. Ask for the account's tier in your customer-success team.</p></body></html>
"""


class WhyRoutes:
    def __init__(self, why: Why) -> None:
        self._why = why

    def mount(self, app: APIGatewayHttpResolver) -> None:
        app.get("/why/<token>", **page_operation("why", "pages", "Why an account has its tier"))(self.show)

    def show(self, session: Here, token: str) -> Response[str]:
        page = self._why.page(token, session.now)
        if page is None:
            return Response(HTTPStatus.NOT_FOUND.value, HTML, NO_PAGE)
        return Response(HTTPStatus.OK.value, HTML, page.html, {"Content-Security-Policy": page.content_security_policy})
