"""/v1/tiers: the tier model."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from functions.api.http.bodies import Later
from functions.api.http.describing import operation
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replays import Middleware
from functions.api.http.replies import nothing, reply
from functions.api.http.session import Here
from functions.api.http.shapes import AnyTier, AnyTierChange, AnyTiers
from functions.api.service.tiers import Tiers
from functions.api.views.runs import RunView, run_view
from functions.api.views.tiers import TiersView, TierView, tier_view, tiers_view
from shared.configuration.published import TIERS
from shared.tiers.model import TierModel

TAG = "tiers"

MoveTo = Annotated[
    str | None, Query(max_length=128, description="The tier that the accounts of the deleted one move to.")
]


class TierRoutes:
    def __init__(self, tiers: Tiers) -> None:
        self._tiers = tiers

    def mount(self, app: APIGatewayHttpResolver, replaying: Middleware) -> None:
        about = operation("list_tiers", TAG, "The tiers, highest first")
        app.get("/v1/tiers", **about)(self.list)
        about = operation("save_tiers", TAG, "Saves the whole ordered list", edits=True, takes_body=True)
        app.put("/v1/tiers", **about)(self.save)
        about = operation(
            "add_tier", TAG, "Adds a tier below all others", status=HTTPStatus.CREATED, takes_body=True, conflicts=True
        )
        app.post("/v1/tiers", **about, middlewares=[replaying])(self.add)
        about = operation("change_tier", TAG, "Changes what it names of a tier", edits=True, takes_body=True)
        app.patch("/v1/tiers/<tier_id>", **about)(self.change)
        about = operation(
            "delete_tier", TAG, "Deletes a tier", status=HTTPStatus.NO_CONTENT, edits=True, goes_on_as=RunView
        )
        app.delete("/v1/tiers/<tier_id>", **about)(self.delete)

    def list(self) -> Response[TiersView]:
        edition = self._tiers.read()
        return reply(tiers_view(edition.published.rulebook.tiers), version=edition.version(TIERS))

    def save(
        self, session: Here, body: Annotated[Later[AnyTiers], Body()], if_match: IfMatch = None
    ) -> Response[TiersView]:
        edition = self._tiers.read()
        precondition(if_match).check(edition.version(TIERS))
        model, version = self._tiers.save(edition, body.checked(), session)
        return reply(tiers_view(model), version=version)

    def add(self, session: Here, body: Annotated[Later[AnyTier], Body()]) -> Response[TierView]:
        edition = self._tiers.read()
        model, version = self._tiers.add(edition, body.checked(), session)
        return _one(model, -1, version, HTTPStatus.CREATED)

    def change(
        self, session: Here, tier_id: str, body: Annotated[Later[AnyTierChange], Body()], if_match: IfMatch = None
    ) -> Response[TierView]:
        edition = self._tiers.read()
        tier = self._tiers.find(edition, tier_id)
        precondition(if_match).check(edition.version(TIERS))
        model, version = self._tiers.change(edition, tier, body.checked(), session)
        return _one(model, model.rank(tier.id) - 1, version, HTTPStatus.OK)

    def delete(
        self, session: Here, tier_id: str, if_match: IfMatch = None, move_to: MoveTo = None
    ) -> Response[RunView | None]:
        edition = self._tiers.read()
        tier = self._tiers.find(edition, tier_id)
        precondition(if_match).check(edition.version(TIERS))
        run = self._tiers.delete(edition, tier, move_to, session)
        if run is None:
            return nothing()
        return reply(run_view(run), status=HTTPStatus.ACCEPTED, location=f"/v1/policy/publishes/{run.id}")


def _one(model: TierModel, place: int, version: int, status: HTTPStatus) -> Response[TierView]:
    return reply(tier_view(model.tiers[place], model), version=version, status=status)
