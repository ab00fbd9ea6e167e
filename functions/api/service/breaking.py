"""The breaker's use cases: what it holds, and what a person makes of that."""

from dataclasses import dataclass

from functions.api.service.configuration import Configuration
from functions.api.service.edition import Edition
from functions.api.service.refusals import Conflict, NoSuch
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.configuration.breaker import cleared
from shared.configuration.breaker_document import trip_to_json
from shared.configuration.published import BREAKER
from shared.tiers.breaker import Resolution, Trip


@dataclass(frozen=True, slots=True)
class Breaking:
    configuration: Configuration
    retier: Retier

    def read(self) -> Edition:
        return self.configuration.read()

    def resolve(self, edition: Edition, trip_id: str, resolution: Resolution, session: Session) -> Trip:
        """Has every account decided again: what was held goes through where it is released, or else is counted anew.

        Raises NoSuch, Conflict where somebody has looked already.
        """
        trip = edition.published.trip
        if trip is None or trip.id != trip_id:
            raise NoSuch("breaker of this id that is, or was last, open")
        if trip.resolution is not None:
            raise Conflict(f"It was {trip.resolution} already.", code="resolved")
        after = trip.resolved(resolution, session.actor.id, session.now)
        self.retier.order(edition.policy_version, session.now, "data")
        body = trip_to_json(after)
        audit = session.audit(f"breaker.{_VERBS[resolution]}", f"breaker/{trip.id}", trip_to_json(trip), body)
        also = [cleared(self.configuration.ledger())]
        self.configuration.save(edition, BREAKER, body, session, audit, also=also)
        return after


_VERBS = {Resolution.RELEASED: "release", Resolution.DISCARDED: "discard"}
