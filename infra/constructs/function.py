"""The house's Lambda function: one folder of `functions`, a role of its own, logs with a retention."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.assets import function_code
from infra.constructs.retention import log_group
from infra.stages import Stage
from shared.runtime.environment import variables

_ACKNOWLEDGED = {
    "AwsSolutions::AwsSolutions-L1": "the whole tree is tested on one Python, which Lambda supports",
    "Serverless::Serverless-LambdaLatestVersion": "the whole tree is tested on one Python, which Lambda supports",
    "Serverless::Serverless-LambdaDLQ": "woken by queues and streams that have one, by callers who wait, or by a "
    "schedule, whose failures have a destination",
    "Serverless::Serverless-LambdaTracing": "a setting of the stage: traces cost more than what they trace",
}


@dataclass(frozen=True, slots=True)
class House:
    """What all functions of a deployment share."""

    stage: Stage
    dependencies: lambda_.ILayerVersion


class Logging(TypedDict):
    log_group: logs.ILogGroup
    logging_format: lambda_.LoggingFormat
    application_log_level_v2: lambda_.ApplicationLogLevel
    system_log_level_v2: lambda_.SystemLogLevel


class HouseFunction(Construct):
    """`functions.NAME.handler.handler` with exactly the environment of its settings and no rights but those allowed."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        house: House,
        settings: object,
        timeout_seconds: int,
        memory_mb: int = 512,
        lean: bool = False,
        resends: bool = False,
    ) -> None:
        """`lean` leaves the dependency layer out; `resends`: it puts messages on the queue that wakes it."""
        super().__init__(scope, "Function")
        stage = house.stage
        self.name = f"{stage.prefix}-{name.replace('_', '-')}"
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=self.name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=function_code(name),
            handler=f"functions.{name}.handler.handler",
            layers=[] if lean else [house.dependencies],
            environment=variables(settings) | _telemetry(name, stage),
            role=self.role,
            **self._logging(stage),
            timeout=Duration.seconds(timeout_seconds),
            memory_size=memory_mb,
            # Lambda stops a function that feeds its own queue after about 16 rounds; our messages carry a count.
            recursive_loop=lambda_.RecursiveLoop.ALLOW if resends else lambda_.RecursiveLoop.TERMINATE,
            tracing=lambda_.Tracing.ACTIVE if stage.tracing else lambda_.Tracing.DISABLED,
        )
        if stage.tracing:
            acknowledge(self.role, {"AwsSolutions::AwsSolutions-IAM5[Resource::*]": "X-Ray's writes know no resource"})
        acknowledge(self.function, _ACKNOWLEDGED)

    def _logging(self, stage: Stage) -> Logging:
        group = log_group(self, f"/aws/lambda/{self.name}", stage)
        group.grant_write(self.role)
        return {
            "log_group": group,
            "logging_format": lambda_.LoggingFormat.JSON,
            "application_log_level_v2": lambda_.ApplicationLogLevel[stage.log_level],
            "system_log_level_v2": lambda_.SystemLogLevel.WARN,
        }

    def allow(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


def _telemetry(name: str, stage: Stage) -> dict[str, str]:
    return {
        "POWERTOOLS_SERVICE_NAME": name,
        "POWERTOOLS_METRICS_NAMESPACE": "Tierwright",
        "POWERTOOLS_LOG_LEVEL": stage.log_level,
        "POWERTOOLS_TRACE_DISABLED": str(not stage.tracing).lower(),
    }
