"""What watches the flow: an alarm for whatever would otherwise fail unseen, and one page that shows it all."""

from aws_cdk import Stack
from constructs import Construct

from infra.constructs.topic import HouseTopic
from infra.stacks.data import environment
from infra.stacks.service import Service
from infra.stages import Stage


class Watch(Stack):
    def __init__(self, scope: Construct, *, stage: Stage, service: Service) -> None:
        super().__init__(
            scope,
            f"{stage.prefix}-watch",
            env=environment(stage),
            description=f"Tierwright {stage.name}: what watches the flow",
            analytics_reporting=False,
        )
        self.topic = HouseTopic(self, "Alarms", name=f"{stage.prefix}-alarms")
        self.topic.grant_alarms()
