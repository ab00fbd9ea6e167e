"""Step 5: evaluates alert rules on tier changes."""

from constructs import Construct

from functions.alerts.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts, QueueName
from infra.constructs.stream import Filter, follow
from shared.accounts.standing import Cause


class Alerts(Construct):
    def __init__(self, scope: Construct, *, parts: Parts) -> None:
        super().__init__(scope, "Alerts")
        stage, tables, evaluate = parts.house.stage, parts.tables, parts.queues[QueueName.EVALUATE_ALERTS]
        self.function = HouseFunction(
            self,
            "alerts",
            house=parts.house,
            settings=parts.settings(Settings),
            timeout_seconds=evaluate.worker_seconds,
            resends=True,
        )
        follow(
            tables["accounts"],
            self.function,
            stage=stage,
            only=Filter(("INSERT", "MODIFY"), {"cause": Cause.TIER.value}),
            failures=parts.stream_failures,
            parallel=2,
        )
        evaluate.work(self.function, batch_size=10, max_concurrency=10)
        evaluate.grant_send(self.function)
        grants.read_account(parts, self.function)
        grants.read_history(parts, self.function)
        grants.read_config(parts, self.function)
        grants.record_alerts(parts, self.function)
        grants.find_users(parts, self.function)
