"""The minute clock: wakes the accounts and notices whose time has come."""

from aws_cdk import Duration
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from functions.clock.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts, QueueName
from infra.constructs.queue import DeadLetters
from infra.constructs.tick import Tick


class Clock(Construct):
    def __init__(self, scope: Construct, *, parts: Parts) -> None:
        super().__init__(scope, "Clock")
        stage, queues = parts.house.stage, parts.queues
        self.function = HouseFunction(
            self, "clock", house=parts.house, settings=parts.settings(Settings), timeout_seconds=55
        )
        queues[QueueName.DECIDE].grant_send(self.function)
        queues[QueueName.NOTIFY].grant_send(self.function)
        grants.find_due(parts, self.function)
        grants.keep_runs(parts, self.function)
        grants.list_runs(parts, self.function)
        grants.read_config(parts, self.function)
        self.dead = DeadLetters(self, "Dead", stage=stage, name="clock")
        self._tick(stage.prefix)

    def _tick(self, prefix: str) -> None:
        """The next minute takes what a lost one left, so a failed tick is not run again."""
        self.function.function.configure_async_invoke(
            retry_attempts=0,
            max_event_age=Duration.minutes(1),
            on_failure=destinations.SqsDestination(self.dead.queue),
        )
        Tick(
            self,
            name=f"{prefix}-clock",
            minutes=1,
            target_arn=self.function.function.function_arn,
            action="lambda:InvokeFunction",
            dead=self.dead,
        )
