"""/v1/sources: how connectors are set up and how they fare; their syncs."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from functions.api.http.bodies import Later
from functions.api.http.describing import operation
from functions.api.http.paging import DEFAULT_LIMIT, Limit
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replays import Middleware
from functions.api.http.replies import reply
from functions.api.http.session import Here
from functions.api.http.shapes import AnySource
from functions.api.service.runs import cancel
from functions.api.service.syncs import Syncs
from functions.api.views.runs import RunsView, RunView, run_view, runs_view
from functions.api.views.sources import SourcesView, SourceView, source_view
from shared.configuration.published import source_id
from shared.configuration.sources import SourceConfig

TAG = "sources"


class SourceRoutes:
    def __init__(self, syncs: Syncs) -> None:
        self._syncs = syncs

    def mount(self, app: APIGatewayHttpResolver, replaying: Middleware) -> None:
        one, runs = "/v1/sources/<source>", "/v1/sources/<source>/runs"
        app.get("/v1/sources", **operation("list_sources", TAG, "The sources and how they fare"))(self.list)
        app.get(one, **operation("read_source", TAG, "One source"))(self.read)
        about = operation("save_source", TAG, "Saves a source's set-up", edits=True, takes_body=True)
        app.put(one, **about)(self.save)
        about = operation("start_sync", TAG, "Starts a sync", status=HTTPStatus.ACCEPTED, conflicts=True)
        app.post(f"{one}/sync", **about, middlewares=[replaying])(self.start)
        app.get(runs, **operation("list_syncs", TAG, "A source's syncs, newest first"))(self.runs)
        app.get(f"{runs}/<run_id>", **operation("read_sync", TAG, "One sync"))(self.run)
        app.delete(f"{runs}/<run_id>", **operation("cancel_sync", TAG, "Cancels a sync", conflicts=True))(self.cancel)

    def list(self) -> SourcesView:
        edition = self._syncs.read()
        return SourcesView(
            items=[self._view(config) for config in edition.published.sources.values()], next_cursor=None
        )

    def read(self, source: str) -> Response[SourceView]:
        edition = self._syncs.read()
        config = self._syncs.find(edition, source)
        return reply(self._view(config), version=edition.version(source_id(config.name)))

    def save(
        self, session: Here, source: str, body: Annotated[Later[AnySource], Body()], if_match: IfMatch = None
    ) -> Response[SourceView]:
        edition = self._syncs.read()
        config = self._syncs.find(edition, source)
        precondition(if_match).check(edition.version(source_id(config.name)))
        saved, version = self._syncs.save(edition, config, body.checked(), session)
        return reply(self._view(saved), version=version)

    def start(self, session: Here, source: str) -> Response[RunView]:
        config = self._syncs.find(self._syncs.read(), source)
        run = self._syncs.start(config, session)
        location = f"/v1/sources/{config.name}/runs/{run.id}"
        return reply(run_view(run), status=HTTPStatus.ACCEPTED, location=location)

    def runs(self, source: str, limit: Limit = DEFAULT_LIMIT) -> RunsView:
        config = self._syncs.find(self._syncs.read(), source)
        return runs_view(self._syncs.recent(config, limit=limit))

    def run(self, source: str, run_id: str) -> RunView:
        config = self._syncs.find(self._syncs.read(), source)
        return run_view(self._syncs.run(config, run_id))

    def cancel(self, session: Here, source: str, run_id: str) -> RunView:
        config = self._syncs.find(self._syncs.read(), source)
        return run_view(cancel(self._syncs.runs, self._syncs.run(config, run_id), session.now))

    def _view(self, config: SourceConfig) -> SourceView:
        return source_view(config, self._syncs.reports.status(config.name), self._syncs.recent(config, limit=1))
