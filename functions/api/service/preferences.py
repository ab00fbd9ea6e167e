"""The settings' use cases."""

from dataclasses import dataclass

from functions.api.service.configuration import Configuration
from functions.api.service.edition import Edition
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.accounts.values import Json
from shared.configuration.published import SETTINGS
from shared.configuration.settings import Settings
from shared.configuration.settings_document import parse_settings, settings_to_json


@dataclass(frozen=True, slots=True)
class Preferences:
    configuration: Configuration
    retier: Retier

    def read(self) -> Edition:
        return self.configuration.read()

    def save(self, edition: Edition, document: Json, session: Session) -> tuple[Settings, int]:
        """Another time zone has another `today`: all accounts are decided again. Raises DocumentRefused, Conflict."""
        before = edition.published.settings
        settings = parse_settings(document, before)
        body = settings_to_json(settings)
        self.configuration.check(edition, SETTINGS, body)
        if settings.time_zone != before.time_zone:
            self.retier.order(edition.policy_version, session.now)
        audit = session.audit("settings.save", "settings", settings_to_json(before), body)
        return settings, self.configuration.save(edition, SETTINGS, body, session, audit)
