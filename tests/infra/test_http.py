"""The way in: who may call what without a token, and what is written down of it."""

import json

from tests.infra.assembled import Assembled


def test_only_the_routes_that_check_for_themselves_are_open(prod: Assembled) -> None:
    routes = [route.properties for route in prod.resources("AWS::ApiGatewayV2::Route")]
    assert {route["RouteKey"]: route["AuthorizationType"] for route in routes} == {
        "POST /webhooks/{source}": "NONE",
        "GET /health": "NONE",
        "GET /docs": "NONE",
        "GET /why/{token}": "NONE",
        "GET /v1/openapi.json": "NONE",
        "ANY /v1/{proxy+}": "JWT",
    }


def test_webhooks_have_a_function_of_their_own(prod: Assembled) -> None:
    served = {
        route.properties["RouteKey"]: prod.target(
            prod.templates["service"]["Resources"][route.properties["Target"]["Fn::Join"][1][1]["Ref"]]["Properties"][
                "IntegrationUri"
            ]
        ).name
        for route in prod.resources("AWS::ApiGatewayV2::Route")
    }
    webhook = served.pop("POST /webhooks/{source}")
    assert webhook == "tierwright-prod-webhook"
    assert set(served.values()) == {"tierwright-prod-api"}


def test_tokens_are_the_pools_for_its_client(prod: Assembled) -> None:
    (authorizer,) = (each.properties for each in prod.resources("AWS::ApiGatewayV2::Authorizer"))
    configuration = authorizer["JwtConfiguration"]
    (audience,) = configuration["Audience"]
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    assert prod.target(audience).type == "AWS::Cognito::UserPoolClient"
    assert prod.text(configuration["Issuer"]).endswith("/tierwright-prod")


def test_requests_are_throttled_and_logged_without_paths_and_addresses(prod: Assembled) -> None:
    (stage,) = (each.properties for each in prod.resources("AWS::ApiGatewayV2::Stage"))
    settings = stage["DefaultRouteSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (500, 1000)
    logged = set(json.loads(stage["AccessLogSettings"]["Format"]).values())
    assert "$context.routeKey" in logged
    assert not logged & {"$context.path", "$context.identity.sourceIp", "$context.authorizer.claims.email"}
