"""What works on the data: the steps of the flow in the order that data meets them."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alerts import Alerts
from infra.constructs.announce import Announce
from infra.constructs.api import Api
from infra.constructs.clock import Clock
from infra.constructs.crm_sync import CrmSync
from infra.constructs.failures import FailureQueue, stream_failures
from infra.constructs.function import House
from infra.constructs.http import HttpFront
from infra.constructs.ingest import Ingest
from infra.constructs.notify import Notify
from infra.constructs.parts import Parts, queues
from infra.constructs.queue import DeadLetters
from infra.constructs.tier_trigger import TierTrigger
from infra.constructs.webhook import Webhook
from infra.layers import Layer
from infra.stacks.data import Data, environment
from infra.stages import Stage


class Service(Stack):
    def __init__(self, scope: Construct, *, stage: Stage, data: Data, layer: Layer) -> None:
        super().__init__(
            scope,
            f"{stage.prefix}-service",
            env=environment(stage),
            description=f"Tierwright {stage.name}: what works on the data",
            analytics_reporting=False,
        )
        self.stream_failures = stream_failures(self, stage)
        self.queues = queues(self, stage)
        self.front = HttpFront(self, stage=stage, users=data.people.pool, client=data.people.client)
        parts = Parts(
            house=House(stage, _dependencies(self, layer)),
            tables=data.tables,
            queues=self.queues,
            users=data.people.pool,
            stream_failures=self.stream_failures,
        )
        self._flow(parts)
        self._print()

    def _flow(self, parts: Parts) -> None:
        """The steps, in the order that data meets them."""
        webhook = Webhook(self, parts=parts, front=self.front).function
        ingest = Ingest(self, parts=parts).function
        crm_sync = CrmSync(self, parts=parts).function
        self.clock = Clock(self, parts=parts)
        tier_trigger = TierTrigger(self, parts=parts).function
        self.announce = Announce(self, parts=parts)
        alerts = Alerts(self, parts=parts).function
        self.notify = Notify(self, parts=parts, front=self.front)
        api = Api(self, parts=parts, front=self.front).function
        self.stream_readers = (tier_trigger, self.announce.function, alerts, self.notify.function)
        self.functions = (webhook, ingest, crm_sync, self.clock.function, *self.stream_readers, api)

    @property
    def dead_letters(self) -> tuple[DeadLetters, ...]:
        streams = (self.stream_failures.dead,) if isinstance(self.stream_failures, FailureQueue) else ()
        return (*(queue.dead for queue in self.queues.values()), self.clock.dead, *streams)

    def _print(self) -> None:
        """What the operator's tools need to find their way."""
        outputs = {
            "ApiUrl": self.front.url,
            "BusName": self.announce.bus.event_bus_name,
            "AlertsTopicArn": self.notify.topic.topic.topic_arn,
            "DeadLetterQueueNames": ",".join(dead.name for dead in self.dead_letters),
        } | {f"{queue.node.id}Url": queue.url for queue in self.queues.values()}
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _dependencies(scope: Construct, layer: Layer) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        "Dependencies",
        code=lambda_.Code.from_asset(str(layer.path), asset_hash=layer.key),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[lambda_.Architecture.ARM_64],
        description="The pinned requirements of the functions",
    )
