"""/v1/settings: time zone, currency, rates, who is told in the absence of a CSM."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from functions.api.http.bodies import Later
from functions.api.http.describing import operation
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replies import reply
from functions.api.http.session import Here
from functions.api.http.shapes import AnySettings
from functions.api.service.preferences import Preferences
from functions.api.views.settings import SettingsView, settings_view
from shared.configuration.published import SETTINGS

TAG = "settings"


class SettingsRoutes:
    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def mount(self, app: APIGatewayHttpResolver) -> None:
        app.get("/v1/settings", **operation("read_settings", TAG, "The settings"))(self.read)
        about = operation("save_settings", TAG, "Saves all settings", edits=True, takes_body=True)
        app.put("/v1/settings", **about)(self.save)

    def read(self) -> Response[SettingsView]:
        edition = self._preferences.read()
        return reply(settings_view(edition.published.settings), version=edition.version(SETTINGS))

    def save(
        self, session: Here, body: Annotated[Later[AnySettings], Body()], if_match: IfMatch = None
    ) -> Response[SettingsView]:
        edition = self._preferences.read()
        precondition(if_match).check(edition.version(SETTINGS))
        settings, version = self._preferences.save(edition, body.checked(), session)
        return reply(settings_view(settings), version=version)
