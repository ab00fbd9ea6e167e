"""/v1/pauses: the red button."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from functions.api.http.bodies import Later
from functions.api.http.describing import operation
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replies import nothing, reply
from functions.api.http.session import Here
from functions.api.http.shapes import AnyPause
from functions.api.service.pausing import Pausing
from functions.api.views.pauses import PausesView, PauseView, pause_view, pauses_view
from shared.configuration.published import PAUSES

TAG = "pauses"


class PauseRoutes:
    """Alone of all documents a pause needs no If-Match: who presses a red button has no time to read first."""

    def __init__(self, pausing: Pausing) -> None:
        self._pausing = pausing

    def mount(self, app: APIGatewayHttpResolver) -> None:
        one = "/v1/pauses/<scope>"
        app.get("/v1/pauses", **operation("list_pauses", TAG, "The pauses that last now"))(self.list)
        about = operation("put_pause", TAG, "Pauses a scope", edits=True, takes_body=True)
        app.put(one, **about)(self.put)
        about = operation("end_pause", TAG, "Ends a pause", status=HTTPStatus.NO_CONTENT, edits=True)
        app.delete(one, **about)(self.end)

    def list(self, session: Here) -> Response[PausesView]:
        edition = self._pausing.read()
        return reply(pauses_view(self._pausing.holding(edition, session)), version=edition.version(PAUSES))

    def put(
        self, session: Here, scope: str, body: Annotated[Later[AnyPause], Body()], if_match: IfMatch = None
    ) -> Response[PauseView]:
        edition = self._pausing.read()
        precondition(if_match or "*").check(edition.version(PAUSES))
        pause, version = self._pausing.put(edition, scope, body.checked(), session)
        return reply(pause_view(scope, pause), version=version)

    def end(self, session: Here, scope: str, if_match: IfMatch = None) -> Response[None]:
        edition = self._pausing.read()
        precondition(if_match or "*").check(edition.version(PAUSES))
        self._pausing.end(edition, scope, session)
        return nothing()
