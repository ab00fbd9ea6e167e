"""What the stack suite's meter takes a call to ask of its caller's role."""

from typing import Any

import pytest

from tests.stack.granting import unmet
from tests.stack.meter.rights import rights

PUT, CHECK = {"TableName": "accounts"}, {"TableName": "config"}
RAW = {"Content": {"Raw": {"Data": b""}}}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "asked"),
    [
        ("dynamodb", "GetItem", {"TableName": "accounts"}, {("dynamodb:GetItem", "accounts")}),
        (
            "dynamodb",
            "Query",
            {"TableName": "accounts", "IndexName": "by_tier"},
            {("dynamodb:Query", "accounts/index/by_tier")},
        ),
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {"accounts": {}, "links": {}}},
            {("dynamodb:BatchGetItem", "accounts"), ("dynamodb:BatchGetItem", "links")},
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"Put": PUT}, {"ConditionCheck": CHECK}, {"Update": PUT}, {"Delete": CHECK}]},
            {
                ("dynamodb:PutItem", "accounts"),
                ("dynamodb:ConditionCheckItem", "config"),
                ("dynamodb:UpdateItem", "accounts"),
                ("dynamodb:DeleteItem", "config"),
            },
        ),
        ("sqs", "SendMessageBatch", {"QueueUrl": "http://x:1/000/hints"}, {("sqs:SendMessage", "hints")}),
        ("sns", "Publish", {"TopicArn": "arn:aws:sns:eu:000:alerts"}, {("sns:Publish", "alerts")}),
        ("events", "PutEvents", {"Entries": [{"EventBusName": "bus"}]}, {("events:PutEvents", "bus")}),
        ("ssm", "GetParameter", {"Name": "/a/why"}, {("ssm:GetParameter", "parameter/a/why")}),
        ("sesv2", "SendEmail", RAW, {("ses:SendRawEmail", "")}),
        ("sesv2", "SendEmail", {"Content": {"Simple": {}}}, {("ses:SendEmail", "")}),
        ("cognito-idp", "ListUsers", {"UserPoolId": "p"}, {("cognito-idp:ListUsers", "")}),
    ],
)
def test_a_call_asks_for(service: str, operation: str, parameters: dict[str, Any], asked: set[tuple[str, str]]) -> None:
    assert {*rights(service, operation, parameters)} == asked


def test_a_right_is_met_by_itself_by_a_star_over_it_and_by_the_only_resource_of_its_service() -> None:
    granted = [("ssm:GetParameter", "parameter/a/*"), ("cognito-idp:ListUsers", "pool"), ("sqs:SendMessage", "hints")]
    asked = [("ssm:GetParameter", "parameter/a/b"), ("cognito-idp:ListUsers", ""), ("sqs:SendMessage", "hints")]

    assert unmet(granted, asked) == unmet(asked, granted) == frozenset()
    assert unmet([("sqs:SendMessage", "decide")], granted) == {("sqs:SendMessage", "decide")}
    assert unmet([("sqs:ReceiveMessage", "hints")], granted) == {("sqs:ReceiveMessage", "hints")}
