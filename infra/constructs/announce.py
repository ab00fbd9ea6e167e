"""Step 4: publishes each row of tier history to the bus, for whoever listens."""

from aws_cdk import aws_events as events
from constructs import Construct

from functions.announce.settings import Settings
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts
from infra.constructs.stream import Filter, follow


class Announce(Construct):
    def __init__(self, scope: Construct, *, parts: Parts) -> None:
        super().__init__(scope, "Announce")
        stage = parts.house.stage
        self.bus = events.EventBus(self, "Bus", event_bus_name=stage.prefix)
        self.function = HouseFunction(
            self,
            "announce",
            house=parts.house,
            settings=parts.settings(Settings, bus_name=self.bus.event_bus_name),
            timeout_seconds=30,
        )
        follow(
            parts.tables["history"],
            self.function,
            stage=stage,
            only=Filter(("INSERT",), {}),
            failures=parts.stream_failures,
        )
        self.function.allow(["events:PutEvents"], [self.bus.event_bus_arn])
