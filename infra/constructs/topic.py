"""A topic of the house: takes nothing over an unencrypted connection."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.acknowledged import PLAIN_HTTP, acknowledge
from infra.constructs.function import HouseFunction
from infra.stages import Stage


class HouseTopic(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, name: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", topic_name=f"{stage.prefix}-{name}", enforce_ssl=not stage.emulated)
        if stage.emulated:
            acknowledge(self.topic, {"AwsSolutions::AwsSolutions-SNS3": PLAIN_HTTP})

    def grant_publish(self, function: HouseFunction) -> None:
        function.allow(["sns:Publish"], [self.topic.topic_arn])

    def grant_publish_from(self, service: str) -> None:
        """`service` of AWS, for this account alone."""
        ours = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        self.topic.grant_publish(iam.ServicePrincipal(service, conditions=ours))
