"""/health: that it answers, and what it is."""

from typing import TypedDict

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from functions.api.http.describing import operation
from functions.api.version import VERSION


class HealthView(TypedDict):
    status: str
    version: str
    stage: str


class HealthRoutes:
    def __init__(self, stage: str) -> None:
        self._stage = stage

    def mount(self, app: APIGatewayHttpResolver) -> None:
        app.get("/health", **operation("health", "health", "Whether it answers"))(self.read)

    def read(self) -> HealthView:
        return HealthView(status="ok", version=VERSION, stage=self._stage)
