"""What the steps of the flow are joined by: tables, queues, users, the place for failed stream records."""

from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.failures import StreamFailures
from infra.constructs.function import House
from infra.constructs.queue import WorkQueue
from infra.constructs.table import Tables
from infra.stages import Stage


class Work(StrEnum):
    """The queues between the steps, by what waits on them."""

    HINTS = "hints"
    DECIDE = "decide"
    EVALUATE_ALERTS = "evaluate-alerts"
    NOTIFY = "notify"
    SYNCS = "syncs"


TIMEOUTS = {
    Work.HINTS: Duration.seconds(60),
    Work.DECIDE: Duration.seconds(60),
    Work.EVALUATE_ALERTS: Duration.seconds(60),
    Work.NOTIFY: Duration.seconds(60),
    # A sync walks pages until its time is short and leaves the rest to its next message.
    Work.SYNCS: Duration.minutes(5),
}
"""Of each queue's worker. When it dies its messages are seen again after six times that: short where mail is due."""


@dataclass(frozen=True, slots=True)
class Parts:
    house: House
    tables: Tables
    queues: dict[Work, WorkQueue]
    users: cognito.IUserPool
    stream_failures: StreamFailures


def queues(scope: Construct, stage: Stage) -> dict[Work, WorkQueue]:
    return {
        work: WorkQueue(
            scope,
            work.replace("-", " ").title().replace(" ", "") + "Queue",
            stage=stage,
            name=work.value,
            worker_timeout=timeout,
        )
        for work, timeout in TIMEOUTS.items()
    }
