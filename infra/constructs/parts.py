"""What the steps of the flow are joined by: tables, queues, users, the place for failed stream records."""

from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.failures import StreamFailures
from infra.constructs.function import House
from infra.constructs.queue import WorkQueue
from infra.constructs.table import Tables
from infra.stages import Stage


class QueueName(StrEnum):
    """The queues between the steps, by what waits on them."""

    HINTS = "hints"
    DECIDE = "decide"
    EVALUATE_ALERTS = "evaluate-alerts"
    NOTIFY = "notify"
    SYNCS = "syncs"


WORKER_SECONDS = {
    QueueName.HINTS: 60,
    QueueName.DECIDE: 60,
    QueueName.EVALUATE_ALERTS: 60,
    QueueName.NOTIFY: 60,
    # A sync walks pages until its time is short and leaves the rest to its next message.
    QueueName.SYNCS: 300,
}
"""Each worker's time-out. When one dies, its messages are seen again after six times that: short where mail is due."""


@dataclass(frozen=True, slots=True)
class Parts:
    house: House
    tables: Tables
    queues: dict[QueueName, WorkQueue]
    users: cognito.IUserPool
    stream_failures: StreamFailures


def queues(scope: Construct, stage: Stage) -> dict[QueueName, WorkQueue]:
    return {
        name: WorkQueue(
            scope,
            name.replace("-", " ").title().replace(" ", "") + "Queue",
            stage=stage,
            name=name.value,
            worker_seconds=seconds,
        )
        for name, seconds in WORKER_SECONDS.items()
    }
