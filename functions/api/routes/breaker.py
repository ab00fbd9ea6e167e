"""/v1/breaker: data accidents."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from functions.api.http.describing import operation
from functions.api.http.replays import Middleware
from functions.api.http.session import Here
from functions.api.service.breaking import Breaking
from functions.api.views.breaker import BreakerView, TripView, breaker_view, trip_view
from shared.tiers.breaker import Resolution

TAG = "breaker"


class BreakerRoutes:
    def __init__(self, breaking: Breaking) -> None:
        self._breaking = breaking

    def mount(self, app: APIGatewayHttpResolver, replaying: Middleware) -> None:
        one = "/v1/breaker/<breaker_id>"
        app.get("/v1/breaker", **operation("read_breaker", TAG, "Whether demotions by data are held"))(self.read)
        about = operation("release_breaker", TAG, "Lets the held demotions go through", conflicts=True)
        app.post(f"{one}/release", **about, middlewares=[replaying])(self.release)
        about = operation("discard_breaker", TAG, "Decides the held accounts anew, on repaired data", conflicts=True)
        app.post(f"{one}/discard", **about, middlewares=[replaying])(self.discard)

    def read(self) -> BreakerView:
        published = self._breaking.read().published
        return breaker_view(published.trip, published.settings.breaker)

    def release(self, session: Here, breaker_id: str) -> TripView:
        return self._resolve(breaker_id, Resolution.RELEASED, session)

    def discard(self, session: Here, breaker_id: str) -> TripView:
        return self._resolve(breaker_id, Resolution.DISCARDED, session)

    def _resolve(self, breaker_id: str, resolution: Resolution, session: Here) -> TripView:
        return trip_view(self._breaking.resolve(self._breaking.read(), breaker_id, resolution, session))
