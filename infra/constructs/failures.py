"""Where stream records go that could not be worked on in time."""

from typing import cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.constructs.function import HouseFunction
from infra.constructs.queue import DeadLetters
from infra.stages import Stage


class FailureBucket(Construct):
    """A bucket, since a queue would be told only where in the stream the records stood, and the stream forgets them
    after a day.
    """

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "StreamFailures")
        self._bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(90))],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.arn, self.name = self._bucket.bucket_arn, self._bucket.bucket_name
        self._cfn = cast("s3.CfnBucket", self._bucket.node.default_child)
        # The CDK's own switch for this brings a function along that sets it.
        self._cfn.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        acknowledge(
            self._bucket,
            {"AwsSolutions::AwsSolutions-S1": "only Lambda writes here, and alarms tell"},
        )

    def grant_put(self, worker: HouseFunction) -> None:
        """Lambda asks for the listing too: it checks by it that the bucket is there."""
        worker.allow(["s3:PutObject"], [f"{self.arn}/*"])
        worker.allow(["s3:ListBucket"], [self.arn])
        logical_id = Stack.of(self).get_logical_id(self._cfn)
        finding = f"AwsSolutions::AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/*]"
        acknowledge(worker.role, {finding: "Lambda names the objects: mapping, shard, time"})


class FailureQueue(Construct):
    """In the emulator's place of the bucket: it can put failed records nowhere else."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, "StreamFailures")
        self.dead = DeadLetters(self, "Dead", stage=stage, name="streams")
        self.arn = self.dead.queue.queue_arn

    def grant_put(self, worker: HouseFunction) -> None:
        worker.allow(["sqs:SendMessage"], [self.arn])


type StreamFailures = FailureBucket | FailureQueue


def stream_failures(scope: Construct, stage: Stage) -> StreamFailures:
    return FailureQueue(scope, stage=stage) if stage.emulated else FailureBucket(scope)
