"""What the steps of the flow are joined by: tables, queues, users, the place for failed stream records."""

from dataclasses import dataclass, fields
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
    ANNOUNCE = "announce"
    EVALUATE_ALERTS = "evaluate-alerts"
    NOTIFY = "notify"
    SYNCS = "syncs"


WORKER_SECONDS = {
    QueueName.HINTS: 60,
    QueueName.DECIDE: 60,
    QueueName.ANNOUNCE: 30,
    QueueName.EVALUATE_ALERTS: 60,
    # What SES says of a mail fails thrice before the outbox takes the mail for lost, ten minutes after it was claimed.
    QueueName.NOTIFY: 30,
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

    def settings[T](self, kind: type[T], **own: str) -> T:
        """A function's settings: what every deployment has, by the fields' names, and what only this function is told.

        Raises TypeError for a field that neither gives.
        """
        asked = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # T is a dataclass type
        return kind(**{name: value for name, value in self._known().items() if name in asked}, **own)

    def _known(self) -> dict[str, object]:
        stage = self.house.stage
        return {
            "stage": stage.name,
            "secrets_prefix": stage.secrets_prefix,
            "user_pool_id": self.users.user_pool_id,
            "config_max_age_seconds": stage.config_max_age_seconds,
            "loopback_vendors": stage.emulated,
            "begins_paused": stage.begins_paused,
            **{f"{name}_table": table.name for name, table in self.tables.items()},
            **{f"{name.replace('-', '_')}_queue_url": queue.url for name, queue in self.queues.items()},
        }


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
