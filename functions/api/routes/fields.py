"""/v1/fields: the field catalogue."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from functions.api.http.bodies import Later
from functions.api.http.describing import operation
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replays import Middleware
from functions.api.http.replies import nothing, reply
from functions.api.http.session import Here
from functions.api.http.shapes import AnyField, AnyFieldChange
from functions.api.service.fields import Fields
from functions.api.views.fields import FieldsView, FieldView, field_view, fields_view
from shared.configuration.published import FIELDS

TAG = "fields"


class FieldRoutes:
    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def mount(self, app: APIGatewayHttpResolver, replaying: Middleware) -> None:
        about = operation("list_fields", TAG, "The fields, built in and custom")
        app.get("/v1/fields", **about)(self.list)
        about = operation(
            "add_field", TAG, "Adds a custom dimension", status=HTTPStatus.CREATED, takes_body=True, conflicts=True
        )
        app.post("/v1/fields", **about, middlewares=[replaying])(self.add)
        about = operation("change_field", TAG, "Changes what it names of a field", edits=True, takes_body=True)
        app.patch("/v1/fields/<name>", **about)(self.change)
        about = operation("delete_field", TAG, "Deletes a custom field", status=HTTPStatus.NO_CONTENT, edits=True)
        app.delete("/v1/fields/<name>", **about)(self.delete)

    def list(self) -> Response[FieldsView]:
        edition = self._fields.read()
        return reply(fields_view(edition.published.catalogue), version=edition.version(FIELDS))

    def add(self, session: Here, body: Annotated[Later[AnyField], Body()]) -> Response[FieldView]:
        edition = self._fields.read()
        entry, version = self._fields.add(edition, body.checked(), session)
        return reply(field_view(entry), version=version, status=HTTPStatus.CREATED)

    def change(
        self, session: Here, name: str, body: Annotated[Later[AnyFieldChange], Body()], if_match: IfMatch = None
    ) -> Response[FieldView]:
        edition = self._fields.read()
        entry = self._fields.find(edition, name)
        precondition(if_match).check(edition.version(FIELDS))
        changed, version = self._fields.change(edition, entry, body.checked(), session)
        return reply(field_view(changed), version=version)

    def delete(self, session: Here, name: str, if_match: IfMatch = None) -> Response[None]:
        edition = self._fields.read()
        entry = self._fields.find(edition, name)
        precondition(if_match).check(edition.version(FIELDS))
        self._fields.delete(edition, entry, session)
        return nothing()
