"""Alarms of the house: each says what it means for the flow, and tells one topic when it turns either way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from infra.constructs.topic import HouseTopic


@dataclass(frozen=True, slots=True)
class Watched:
    """A figure that AWS keeps."""

    namespace: str
    name: str
    of: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Sum"
    minutes: int = 5

    def metric(self, label: str | None = None) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=self.name,
            dimensions_map=dict(self.of),
            statistic=self.statistic,
            period=Duration.minutes(self.minutes),
            label=label,
        )


class Alarms(Construct):
    def __init__(self, scope: Construct, *, prefix: str, topic: HouseTopic) -> None:
        super().__init__(scope, "Alarms")
        self._prefix = prefix
        self._action = actions.SnsAction(topic.topic)

    def when(self, name: str, watched: Watched, *, at_least: float, periods: int = 1, means: str) -> None:
        """Rings once the figure was at least that in each of the last `periods`; no data means nothing happens."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name}",
            alarm_description=means,
            metric=watched.metric(),
            threshold=at_least,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
