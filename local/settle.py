"""Sets through public APIs what the emulator's CloudFormation passes over."""

from collections.abc import Mapping
from typing import Any

from local.emulator import Clients


def settle(clients: Clients, stack: str, template: Mapping[str, Any]) -> None:
    """The tables' time to live, and the HTTP API's CORS."""
    listed = clients("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}
    for logical, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::DynamoDB::Table" if "TimeToLiveSpecification" in properties:
                _expire(clients("dynamodb"), names[logical], properties["TimeToLiveSpecification"])
            case "AWS::ApiGatewayV2::Api" if "CorsConfiguration" in properties:
                clients("apigatewayv2").update_api(
                    ApiId=names[logical], CorsConfiguration=properties["CorsConfiguration"]
                )


def _expire(dynamodb: Any, table: str, wanted: Mapping[str, Any]) -> None:
    found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if found["TimeToLiveStatus"] != "ENABLED":
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=dict(wanted))
