"""Adapts a synthesized template to the emulator: what stays, what is dropped and why, and nothing else.

A resource type that is in neither list is refused: it would be missing here in silence and found missing on AWS.
"""

import copy
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Resource = dict[str, Any]

KEPT = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Stage",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolGroup",
        "AWS::DynamoDB::Table",
        "AWS::Events::EventBus",
        "AWS::Events::EventBusPolicy",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SES::ConfigurationSet",
        "AWS::SES::EmailIdentity",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::SSM::Parameter",
        "AWS::Scheduler::Schedule",
        "AWS::Scheduler::ScheduleGroup",
    }
)

DROPPED: Mapping[str, str] = {
    "AWS::CDK::Metadata": "tells AWS which constructs are used",
    "AWS::CloudWatch::CompositeAlarm": "the emulator refuses composite alarms; no alarm fires there",
    "AWS::SES::ConfigurationSetEventDestination": "the emulator sends no SES events",
}

_ADDRESS = "PUBLIC_URL"
"""The variable by which a function knows the deployment's own address."""
_RUNTIME = "EmulatedRuntime"
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


class UnknownResourceType(Exception):
    """A template has resources of which nobody said what the emulator does with them."""


class DanglingReference(Exception):
    """Something that stays refers to a resource that is dropped."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the template is deployed to."""

    api_id: str
    public_url: str
    bucket: str
    """Where all assets are."""
    code: Mapping[str, str]
    """The key of each function's code there, by the key that the template names."""
    dependencies: str
    """The key of the layer that leads to the dependencies built for this machine."""
    runtime: str
    """The key of the layer that leads to what Lambda's own Python brings along."""


@dataclass(frozen=True, slots=True)
class Change:
    what: str
    """A resource's type, or another part of the template."""
    did: str
    """`dropped`, or what was changed."""
    reason: str


def transform(template: Mapping[str, Any], place: Place) -> tuple[dict[str, Any], Sequence[Change]]:
    """The template for the emulator, and how it differs; raises UnknownResourceType, DanglingReference."""
    _refuse_unknown(template)
    local = copy.deepcopy(dict(template))
    changes = [*_drop_resources(local), *_drop_bootstrap_check(local)]
    for resource in local["Resources"].values():
        changes += _adapt(resource, place)
    changes += _add_runtime(local["Resources"], place)
    return local, list(dict.fromkeys(changes))


def _refuse_unknown(template: Mapping[str, Any]) -> None:
    unknown = sorted(
        f"{resource['Type']} ({name})"
        for name, resource in template["Resources"].items()
        if resource["Type"] not in KEPT | DROPPED.keys()
    )
    if unknown:
        raise UnknownResourceType(
            f"say in local/template.py whether the emulator carries {', '.join(unknown)}, or why it is dropped"
        )


def _drop_resources(template: dict[str, Any]) -> Sequence[Change]:
    resources = template["Resources"]
    gone = {name: Change(resource["Type"], "dropped", reason) for name, resource, reason in _dropped(resources)}
    template["Resources"] = stay = {name: resource for name, resource in resources.items() if name not in gone}
    for resource in stay.values():
        _forget_order(resource, gone.keys())
    outputs = template.get("Outputs", {})
    template["Outputs"] = {name: output for name, output in outputs.items() if not _names(output) & gone.keys()}
    dangling = sorted(name for name, resource in stay.items() if _names(resource) & gone.keys())
    if dangling:
        raise DanglingReference(f"{', '.join(dangling)} refer to what is dropped: {', '.join(sorted(gone))}")
    return list(gone.values())


def _dropped(resources: Mapping[str, Resource]) -> Iterator[tuple[str, Resource, str]]:
    for name, resource in resources.items():
        if resource["Type"] in DROPPED:
            yield name, resource, DROPPED[resource["Type"]]
        elif resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            yield name, resource, "the emulator refuses alarms on metric math; no alarm fires there"


def _forget_order(resource: Resource, gone: Collection[str]) -> None:
    needed = resource.pop("DependsOn", [])
    left = [name for name in ([needed] if isinstance(needed, str) else needed) if name not in gone]
    if left:
        resource["DependsOn"] = left


def _drop_bootstrap_check(template: dict[str, Any]) -> Sequence[Change]:
    if template.get("Parameters", {}).pop("BootstrapVersion", None) is None:
        return []
    template.get("Rules", {}).pop("CheckBootstrapVersion", None)
    return [Change("the CDK bootstrap check", "dropped", "the emulator needs no bootstrap")]


def _add_runtime(resources: dict[str, Resource], place: Place) -> Iterator[Change]:
    lean = [
        resource["Properties"]
        for resource in resources.values()
        if resource["Type"] == "AWS::Lambda::Function" and not resource["Properties"].get("Layers")
    ]
    if lean:
        content = {"S3Bucket": place.bucket, "S3Key": place.runtime}
        resources[_RUNTIME] = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": content}}
        for properties in lean:
            properties["Layers"] = [{"Ref": _RUNTIME}]
        yield Change(
            "functions without a layer", "get boto3", "Lambda's own runtime brings it, the emulator's does not"
        )


def _adapt(resource: Resource, place: Place) -> Iterator[Change]:
    properties = resource.get("Properties", {})
    match resource["Type"]:
        case "AWS::ApiGatewayV2::Api":
            properties["Tags"] = {**properties.get("Tags", {}), "ms-custom-id": place.api_id}
            yield Change("AWS::ApiGatewayV2::Api", f"id {place.api_id}", "its address is known before it is deployed")
        case "AWS::Lambda::Function":
            properties["Code"] = {"S3Bucket": place.bucket, "S3Key": place.code[properties["Code"]["S3Key"]]}
            variables = properties.get("Environment", {}).get("Variables", {})
            if _ADDRESS in variables:
                variables[_ADDRESS] = place.public_url
                yield Change(_ADDRESS, place.public_url, "the emulator serves APIs below a path of its own address")
        case "AWS::Lambda::LayerVersion":
            properties["Content"] = {"S3Bucket": place.bucket, "S3Key": place.dependencies}
            yield Change("AWS::Lambda::LayerVersion", "another content", "the same packages, for this machine")


def _names(node: object) -> set[str]:
    """The logical ids that a part of a template refers to."""
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return set(_SUBSTITUTED.findall(text))
        case dict():
            return set[str]().union(*(_names(value) for value in node.values()))
        case list():
            return set[str]().union(*(_names(value) for value in node))
        case _:
            return set()
