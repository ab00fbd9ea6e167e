"""The HTTP API in front: routes to functions, the user pool's tokens checked before ours are called."""

from aws_cdk import aws_apigatewayv2 as http
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.constructs.function import HouseFunction
from infra.constructs.retention import log_group
from infra.stages import Stage

ACCESS_LOG = (
    '{"request_id":"$context.requestId","route":"$context.routeKey","status":"$context.status",'
    '"latency_ms":"$context.responseLatency","bytes":"$context.responseLength","error":"$context.error.message",'
    '"authorizer_error":"$context.authorizer.error","integration_error":"$context.integrationErrorMessage"}'
)
"""The route instead of the path, which may hold a token; no address, no caller."""


class HttpFront(Construct):
    def __init__(
        self, scope: Construct, *, stage: Stage, users: cognito.IUserPool, client: cognito.IUserPoolClient
    ) -> None:
        super().__init__(scope, "Http")
        self.name = stage.prefix
        self._users = authorizers.HttpUserPoolAuthorizer("Users", users, user_pool_clients=[client])
        self.api = http.HttpApi(self, "Api", api_name=self.name, create_default_stage=False)
        # Groups below /aws/vendedlogs/ share one resource policy, whose size is limited.
        logs = log_group(self, f"/aws/vendedlogs/{stage.prefix}-http", stage)
        http.CfnStage(
            self,
            "Stage",
            api_id=self.api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=http.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=stage.requests_per_second, throttling_burst_limit=2 * stage.requests_per_second
            ),
            access_log_settings=http.CfnStage.AccessLogSettingsProperty(
                destination_arn=logs.log_group_arn, format=ACCESS_LOG
            ),
        )

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return self.api.api_endpoint

    def serve(self, function: HouseFunction, *routes: str) -> None:
        """`routes` like `GET /health`, open to all."""
        self._add(function, routes, None)

    def serve_users(self, function: HouseFunction, *routes: str) -> None:
        """For those whom the user pool gave a token."""
        self._add(function, routes, self._users)

    def _add(self, function: HouseFunction, routes: tuple[str, ...], check: http.IHttpRouteAuthorizer | None) -> None:
        integration = integrations.HttpLambdaIntegration("Integration", function.function)
        for route in routes:
            method, path = route.split(" ")
            added = self.api.add_routes(
                path=path, methods=[http.HttpMethod[method]], integration=integration, authorizer=check
            )
            if check is None:
                acknowledge(
                    added[0],
                    {"AwsSolutions::AwsSolutions-APIG4": "open: a signature or token is checked inside"},
                )
