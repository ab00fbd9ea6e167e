"""What watches the flow: an alarm for whatever would otherwise fail unseen, and one page that shows it all."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.constructs import figures
from infra.constructs.alarms import Alarms
from infra.constructs.failures import FailureBucket
from infra.constructs.topic import HouseTopic
from infra.stacks.dashboard import dashboard
from infra.stacks.data import environment
from infra.stacks.service import Service
from infra.stages import Stage

LATE_SECONDS = 1800
"""Of the oldest message on a queue. One that a vendor's outage puts back is new each time: it never gets that old."""
BEHIND_MILLISECONDS = 300_000
"""Of a stream's reader: five minutes."""


class Watch(Stack):
    def __init__(self, scope: Construct, *, stage: Stage, service: Service) -> None:
        super().__init__(
            scope,
            f"{stage.prefix}-watch",
            env=environment(stage),
            description=f"Tierwright {stage.name}: what watches the flow",
            analytics_reporting=False,
        )
        topic = HouseTopic(self, "Topic", stage=stage, name="alarms")
        topic.grant_publish_from("cloudwatch.amazonaws.com")
        if stage.alarm_email:
            topic.topic.add_subscription(subscriptions.EmailSubscription(stage.alarm_email))
        self._alarms = Alarms(self, prefix=stage.prefix, topic=topic)
        self._watch_queues(service)
        self._watch_functions(service)
        self._watch_mail(service)
        self._watch_requests(service)
        if isinstance(service.stream_failures, FailureBucket):
            self._watch_bucket(service.stream_failures, topic)
        dashboard(self, name=stage.prefix, service=service)
        CfnOutput(self, "AlarmsTopicArn", value=topic.topic.topic_arn)

    def _watch_queues(self, service: Service) -> None:
        for dead in service.dead_letters:
            self._alarms.when(
                dead.name, figures.waiting(dead.name), at_least=1, means="Work was given up: look, mend, redrive."
            )
        for queue in service.queues.values():
            self._alarms.when(
                f"{queue.name}-late",
                figures.oldest(queue.name),
                at_least=LATE_SECONDS,
                means="Work waits for half an hour: its function is down, or too slow for what comes in.",
            )

    def _watch_functions(self, service: Service) -> None:
        for function in service.functions:
            name = function.name
            self._alarms.when(
                f"{name}-errors", figures.errors(name), at_least=3, means="The function fails: its log says why."
            )
            self._alarms.when(
                f"{name}-throttles",
                figures.throttles(name),
                at_least=1,
                periods=3,
                means="The account's concurrency is used up: work is late.",
            )
        for function in service.stream_readers:
            self._alarms.when(
                f"{function.name}-behind",
                figures.behind(function.name),
                at_least=BEHIND_MILLISECONDS,
                means="The function does not keep up with its stream, or a record holds it up.",
            )

    def _watch_mail(self, service: Service) -> None:
        """SES reviews an account at 5 % bounces and at 0.1 % complaints."""
        for outcome, limit in (("BounceRate", 0.05), ("ComplaintRate", 0.001)):
            figure = figures.mails(service.notify.mail.configuration_set, outcome)
            self._alarms.when(f"mail-{outcome}", figure, at_least=limit, means="SES stops our mail if it goes on.")

    def _watch_bucket(self, bucket: FailureBucket, topic: HouseTopic) -> None:
        """No alarm but a message for each stream record that was put aside: a bucket's figures come once a day."""
        rule = events.Rule(
            self,
            "StreamRecordGivenUp",
            event_pattern=events.EventPattern(
                source=["aws.s3"], detail_type=["Object Created"], detail={"bucket": {"name": [bucket.name]}}
            ),
            targets=[targets.SnsTopic(topic.topic)],
        )
        reason = "EventBridge tries for a day, and what it tells of stays in the bucket"
        acknowledge(rule, {"Serverless::Serverless-EventBusDLQ": reason})

    def _watch_requests(self, service: Service) -> None:
        figure = figures.failed_requests(service.front.api.api_id)
        self._alarms.when("http-5xx", figure, at_least=5, means="Callers get errors; sources repeat their webhooks.")
