"""/v1/policy/evaluate: a policy, or a condition, tried on an account that the body describes; pure."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body

from functions.api.http.bodies import Later
from functions.api.http.describing import operation
from functions.api.http.session import Here
from functions.api.http.shapes import AnyEvaluation
from functions.api.service.configuration import Configuration
from shared.tiers.evaluation import evaluate


class EvaluationRoutes:
    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def mount(self, app: APIGatewayHttpResolver) -> None:
        about = operation("evaluate", "policy", "Decides on an account that the body describes", takes_body=True)
        app.post("/v1/policy/evaluate", **about)(self.evaluate)

    def evaluate(self, session: Here, body: Annotated[Later[AnyEvaluation], Body()]) -> dict[str, Any]:
        document = body.checked()
        return dict(evaluate(document, self._configuration.published(session.now).rulebook, session.now))
