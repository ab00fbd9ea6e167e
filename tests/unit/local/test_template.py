from copy import deepcopy
from typing import Any

import pytest

from local.template import DanglingReference, Place, UnknownResourceType, transform

PLACE = Place(
    api_id="tierwright",
    public_url="http://127.0.0.1:4566/_aws/execute-api/tierwright",
    bucket="assets",
    code={"staged.zip": "now.zip"},
    dependencies="dependencies.zip",
    runtime="runtime.zip",
)


def function(**properties: Any) -> dict[str, Any]:
    code = {"S3Bucket": {"Fn::Sub": "cdk-assets-${AWS::AccountId}"}, "S3Key": "staged.zip"}
    return {"Type": "AWS::Lambda::Function", "Properties": {"Code": code, "Layers": [{"Ref": "Deps"}], **properties}}


def alarm(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def adapted(**resources: dict[str, Any]) -> dict[str, Any]:
    template, _ = transform({"Resources": resources}, PLACE)
    made: dict[str, Any] = template["Resources"]
    return made


def test_refuses_a_resource_type_nobody_decided_on_and_names_it() -> None:
    with pytest.raises(UnknownResourceType, match=r"AWS::WAFv2::WebACL \(Wall\)"):
        adapted(Wall={"Type": "AWS::WAFv2::WebACL"})


def test_leaves_the_synthesized_template_as_it_is() -> None:
    template = {"Resources": {"F": function(), "A": alarm(Metrics=[])}, "Outputs": {}}
    before = deepcopy(template)
    transform(template, PLACE)
    assert template == before


def test_says_what_it_drops_and_why_once_a_kind() -> None:
    metadata = {"Type": "AWS::CDK::Metadata", "Properties": {}}
    template, changes = transform({"Resources": {"One": metadata, "Two": metadata}}, PLACE)
    assert template["Resources"] == {}
    assert [(change.what, change.did) for change in changes] == [("AWS::CDK::Metadata", "dropped")]
    assert all(change.reason for change in changes)


def test_drops_alarms_on_metric_math_and_keeps_the_others() -> None:
    assert set(adapted(Math=alarm(Metrics=[{}]), Plain=alarm(MetricName="Errors"))) == {"Plain"}


def test_forgets_the_order_after_a_dropped_resource() -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {}, "DependsOn": ["Math", "Queue"]}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {}, "DependsOn": "Math"}
    made = adapted(Math=alarm(Metrics=[]), Topic=topic, Queue=queue)
    assert made["Topic"]["DependsOn"] == ["Queue"]
    assert "DependsOn" not in made["Queue"]


@pytest.mark.parametrize(
    "reference",
    [{"Ref": "Math"}, {"Fn::GetAtt": ["Math", "Arn"]}, {"Fn::Sub": "arn:${Math.Arn}"}, {"Fn::Sub": ["${Math}", {}]}],
)
def test_refuses_to_drop_what_something_refers_to(reference: dict[str, Any]) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Join": ["", ["x", reference]]}}}
    with pytest.raises(DanglingReference, match="Topic refer to what is dropped: Math"):
        adapted(Math=alarm(Metrics=[]), Topic=topic)


def test_drops_outputs_of_dropped_resources() -> None:
    outputs = {"Gone": {"Value": {"Ref": "Math"}}, "Stays": {"Value": {"Ref": "Plain"}}}
    resources = {"Math": alarm(Metrics=[]), "Plain": alarm()}
    template, _ = transform({"Resources": resources, "Outputs": outputs}, PLACE)
    assert set(template["Outputs"]) == {"Stays"}


def test_drops_the_check_of_a_bootstrap_that_is_not_there() -> None:
    template, _ = transform(
        {
            "Resources": {},
            "Parameters": {"BootstrapVersion": {}, "Other": {}},
            "Rules": {"CheckBootstrapVersion": {}},
        },
        PLACE,
    )
    assert template["Parameters"] == {"Other": {}}
    assert template["Rules"] == {}


def test_pins_the_api_and_tells_functions_its_address() -> None:
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "t", "Tags": {"a": "b"}}}
    variables = {"PUBLIC_URL": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}, "STAGE": "local"}
    made = adapted(Api=api, F=function(Environment={"Variables": variables}))
    assert made["Api"]["Properties"]["Tags"] == {"a": "b", "ms-custom-id": "tierwright"}
    assert made["F"]["Properties"]["Environment"]["Variables"] == {"PUBLIC_URL": PLACE.public_url, "STAGE": "local"}


def test_names_code_and_layers_where_they_are_here() -> None:
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b", "S3Key": "k"}}}
    made = adapted(F=function(), Deps=layer)
    assert made["F"]["Properties"]["Code"] == {"S3Bucket": "assets", "S3Key": "now.zip"}
    assert made["Deps"]["Properties"]["Content"] == {"S3Bucket": "assets", "S3Key": "dependencies.zip"}
    assert set(made) == {"F", "Deps"}


def test_gives_a_function_without_layers_what_lambda_brings_along() -> None:
    made = adapted(Lean=function(Layers=[]), Full=function())
    assert made["Lean"]["Properties"]["Layers"] == [{"Ref": "EmulatedRuntime"}]
    assert made["Full"]["Properties"]["Layers"] == [{"Ref": "Deps"}]
    assert made["EmulatedRuntime"]["Properties"]["Content"] == {"S3Bucket": "assets", "S3Key": "runtime.zip"}
