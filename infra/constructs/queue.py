"""A work queue: what fails twice goes alone from an isolation queue; what fails five times more is put aside."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledged import PLAIN_HTTP, acknowledge
from infra.constructs.function import HouseFunction
from infra.stages import Stage
from shared.runtime.records import ISOLATION

ISOLATE_AFTER = 2
"""Receives on the main queue. A message that kills the process takes its batch along: here the batch parts ways."""
GIVE_UP_AFTER = 5
"""Receives on the isolation queue."""
VISIBILITY = 6
"""Times the worker's time-out, as Lambda asks for: less hands a message out again while it is worked on."""

_CONSUME = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
_NO_DESTINATION = "Serverless::Serverless-LambdaEventSourceMappingDestination"


class DeadLetters(Construct):
    """Where what can't be done waits, 14 days, for a person: never empty without an alarm."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, name: str) -> None:
        super().__init__(scope, construct_id)
        self.name = f"{stage.prefix}-{name}-dead"
        self.queue = _queue(self, "Queue", self.name, stage=stage)
        acknowledge(
            self.queue,
            {
                "AwsSolutions::AwsSolutions-SQS3": "it is the dead-letter queue",
                "Serverless::Serverless-SQSRedrivePolicy": "it is the dead-letter queue",
            },
        )


class WorkQueue(Construct):
    """`main`, which others send to, its isolation queue and its dead letters, for a worker of that time-out."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, name: str, worker_seconds: int) -> None:
        super().__init__(scope, construct_id)
        self.worker_seconds = worker_seconds
        # AWS has one right for both calls, the emulator asks for one each.
        self._send = ["sqs:SendMessage", "sqs:SendMessageBatch"] if stage.emulated else ["sqs:SendMessage"]
        self.name = f"{stage.prefix}-{name}"
        self.dead = DeadLetters(self, "Dead", stage=stage, name=name)
        self.isolation = _queue(
            self,
            "Isolation",
            f"{self.name}{ISOLATION}",
            stage=stage,
            visibility=self._visibility,
            next_queue=sqs.DeadLetterQueue(max_receive_count=GIVE_UP_AFTER, queue=self.dead.queue),
        )
        self.main = _queue(
            self,
            "Main",
            self.name,
            stage=stage,
            visibility=self._visibility,
            next_queue=sqs.DeadLetterQueue(max_receive_count=ISOLATE_AFTER, queue=self.isolation),
        )

    @property
    def url(self) -> str:
        return self.main.queue_url

    def work(self, worker: HouseFunction, *, batch_size: int, max_concurrency: int) -> None:
        """Both queues wake the worker; it answers with the messages of a batch that failed."""
        for queue, size, concurrency in ((self.main, batch_size, max_concurrency), (self.isolation, 1, 2)):
            mapping = lambda_.EventSourceMapping(
                self,
                f"{queue.node.id}Mapping",
                target=worker.function,
                event_source_arn=queue.queue_arn,
                batch_size=size,
                max_concurrency=concurrency,
                report_batch_item_failures=True,
            )
            acknowledge(mapping, {_NO_DESTINATION: "what an SQS mapping fails on goes where its queue says"})
            worker.allow([f"sqs:{action}" for action in _CONSUME], [queue.queue_arn])

    def grant_send(self, sender: HouseFunction) -> None:
        sender.allow(self._send, [self.main.queue_arn])

    @property
    def _visibility(self) -> Duration:
        return Duration.seconds(VISIBILITY * self.worker_seconds)


def _queue(
    scope: Construct,
    construct_id: str,
    name: str,
    *,
    stage: Stage,
    visibility: Duration | None = None,
    next_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    # Standard queues count age from the first sending, across redrives: all keep as long as is possible.
    queue = sqs.Queue(
        scope,
        construct_id,
        queue_name=name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=not stage.emulated,
        retention_period=Duration.days(14),
        visibility_timeout=visibility,
        dead_letter_queue=next_queue,
    )
    if stage.emulated:
        acknowledge(queue, {"AwsSolutions::AwsSolutions-SQS4": PLAIN_HTTP})
    return queue
