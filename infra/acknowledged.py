"""Findings of the template checks that stand, each with its reason, beside the construct that it is about."""

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Stack, Token, Validations
from constructs import IConstruct

PLAIN_HTTP = "the emulator is reached over plain HTTP on this machine, and would refuse all"


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """`reasons`: of each finding, by the id that the report asks for."""
    Validations.of(construct).acknowledge(*(Acknowledgment(id=id_, reason=reason) for id_, reason in reasons.items()))


def wildcard(stack: Stack, service: str, resource: str) -> str:
    """The id of the finding that a policy names `arn:…:{service}:…:{resource}`, which ends in a star."""
    region = "<AWS::Region>" if Token.is_unresolved(stack.region) else stack.region
    account = "<AWS::AccountId>" if Token.is_unresolved(stack.account) else stack.account
    return f"AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{service}:{region}:{account}:{resource}]"
