"""Step 4: publishes each row of tier history to the bus, for whoever listens."""

from aws_cdk import aws_events as events
from constructs import Construct

from functions.announce.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts, QueueName
from infra.constructs.stream import Filter, follow


class Announce(Construct):
    def __init__(self, scope: Construct, *, parts: Parts) -> None:
        super().__init__(scope, "Announce")
        stage, announce = parts.house.stage, parts.queues[QueueName.ANNOUNCE]
        self.bus = events.EventBus(self, "Bus", event_bus_name=stage.prefix)
        self.function = HouseFunction(
            self,
            "announce",
            house=parts.house,
            settings=parts.settings(Settings, bus_name=self.bus.event_bus_name),
            timeout_seconds=announce.worker_seconds,
            resends=True,
        )
        follow(
            parts.tables["history"],
            self.function,
            stage=stage,
            only=Filter(("INSERT",), {}),
            failures=parts.stream_failures,
        )
        announce.work(self.function, batch_size=10, max_concurrency=2)
        announce.grant_send(self.function)
        grants.read_history(parts, self.function)
        self.function.allow(["events:PutEvents"], [self.bus.event_bus_arn])
