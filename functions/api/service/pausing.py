"""Pauses' use cases: the red button, and how it is let go."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from functions.api.service.configuration import Configuration
from functions.api.service.edition import Edition
from functions.api.service.refusals import NoSuch
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.accounts.values import Json
from shared.configuration.pauses import SCOPES, TIERS, Pause, Pauses
from shared.configuration.pauses_document import parse_pause, pause_to_json, pauses_to_json
from shared.configuration.published import PAUSES


@dataclass(frozen=True, slots=True)
class Pausing:
    configuration: Configuration
    retier: Retier

    def read(self) -> Edition:
        return self.configuration.read()

    def holding(self, edition: Edition, session: Session) -> Mapping[str, Pause]:
        """The pauses that last now, by scope."""
        by_scope = edition.published.pauses.by_scope
        return {scope: pause for scope, pause in sorted(by_scope.items()) if pause.holds(session.now)}

    def put(self, edition: Edition, scope: str, document: Json, session: Session) -> tuple[Pause, int]:
        """Begins the pause, or gives one that lasts another reason and end. Raises NoSuch, DocumentRefused."""
        if scope not in SCOPES:
            raise NoSuch(f"scope of this name: there are {', '.join(SCOPES)}")
        pause = parse_pause(document, session.actor.id, session.now)
        before = edition.published.pauses.holding(scope, session.now)
        if before is not None:
            pause = replace(pause, since=before.since)
        return pause, self._save(edition, scope, pause, session, "pause.put")

    def end(self, edition: Edition, scope: str, session: Session) -> int:
        """Raises NoSuch where the scope is not paused."""
        before = edition.published.pauses.holding(scope, session.now)
        if before is None:
            raise NoSuch("pause of this scope")
        return self._save(edition, scope, replace(before, until=session.now), session, "pause.end")

    def _save(self, edition: Edition, scope: str, pause: Pause, session: Session, action: str) -> int:
        """Where a pause of tiers ends, or is to end at another moment, all accounts are decided again: those that it
        holds have noted its old end.
        """
        pauses = edition.published.pauses
        known = pauses.by_scope.get(scope)
        before = pauses.holding(scope, session.now)
        if scope == TIERS and before is not None and before.until != pause.until:
            self.retier.order(edition.policy_version, session.now, "data")
        was = None if known is None else pause_to_json(known)
        body = pauses_to_json(Pauses({**pauses.by_scope, scope: pause}))
        audit = session.audit(action, f"pause/{scope}", was, pause_to_json(pause))
        return self.configuration.save(edition, PAUSES, body, session, audit)
