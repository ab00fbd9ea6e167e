"""A schedule that wakes one target with a right to that target alone."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.queue import DeadLetters


class Tick(Construct):
    """A tick that can't be delivered within a minute goes to the dead letters: the next one does its work."""

    def __init__(
        self,
        scope: Construct,
        *,
        name: str,
        minutes: int,
        target_arn: str,
        action: str,
        dead: DeadLetters,
        message: str | None = None,
    ) -> None:
        super().__init__(scope, "Tick")
        # Else a schedule of another account could use the role (the confused deputy).
        ours = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        principal = iam.ServicePrincipal("scheduler.amazonaws.com", conditions=ours)
        role = iam.Role(self, "Role", assumed_by=principal)
        role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[target_arn]))
        role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[dead.queue.queue_arn]))
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=name,
            schedule_expression=f"rate({minutes} minute{'s' if minutes > 1 else ''})",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=target_arn,
                role_arn=role.role_arn,
                input=message,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=dead.queue.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=3
                ),
            ),
        )
