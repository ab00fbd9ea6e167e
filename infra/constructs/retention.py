"""What is kept and for how long: data for ever unless the stage is for trial, logs by the stage's days."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.stages import Stage

_DAYS = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def removal(stage: Stage) -> RemovalPolicy:
    return RemovalPolicy.RETAIN if stage.keep_data else RemovalPolicy.DESTROY


def log_group(scope: Construct, name: str, stage: Stage) -> logs.LogGroup:
    """Goes with what writes to it: a group that stayed would stand in the way of the next deployment of its name."""
    return logs.LogGroup(
        scope, "Logs", log_group_name=name, retention=_DAYS[stage.log_days], removal_policy=RemovalPolicy.DESTROY
    )
