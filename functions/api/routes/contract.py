"""/v1/openapi.json and /docs: the contract for programs and for people."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from functions.api.http.contract import Contract
from functions.api.http.reading_page import content_security_policy, page

HTML = "text/html; charset=utf-8"


class ContractRoutes:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def mount(self, app: APIGatewayHttpResolver) -> None:
        app.get("/v1/openapi.json", include_in_schema=False, compress=True)(self.document)
        app.get("/docs", include_in_schema=False, compress=True)(self.page)

    def document(self) -> dict[str, Any]:
        return self._contract.document

    def page(self) -> Response[str]:
        html = page(self._contract.document)
        return Response(HTTPStatus.OK.value, HTML, html, {"Content-Security-Policy": content_security_policy(html)})
