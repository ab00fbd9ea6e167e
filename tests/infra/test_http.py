"""The way in: who may call what without a token, and what is written down of it."""

import json
import re

from cost import model
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


def test_a_line_of_the_access_log_is_no_longer_than_costs_reckon_with(prod: Assembled) -> None:
    (stage,) = (each.properties for each in prod.resources("AWS::ApiGatewayV2::Stage"))
    typical = {
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": "POST /webhooks/{source}",
        "status": "200",
        "responseLatency": "1234",
        "responseLength": "0",
    }
    form = stage["AccessLogSettings"]["Format"]

    line = re.sub(r"\$context\.([A-Za-z.]+)", lambda found: typical.get(found[1], "-"), form)

    assert json.loads(line)["route"] == typical["routeKey"]
    assert len(line) + 26 <= model.rates().assumptions["access_log_bytes"]
