"""Step 3: decides the tier of each account whose data changed, or whose time has come."""

from constructs import Construct

from functions.tier_trigger.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts, QueueName
from infra.constructs.stream import Filter, follow
from shared.accounts.standing import Cause


class TierTrigger(Construct):
    def __init__(self, scope: Construct, *, parts: Parts) -> None:
        super().__init__(scope, "TierTrigger")
        stage, tables, decide = parts.house.stage, parts.tables, parts.queues[QueueName.DECIDE]
        self.function = HouseFunction(
            self,
            "tier_trigger",
            house=parts.house,
            settings=parts.settings(Settings),
            timeout_seconds=decide.worker_seconds,
            memory_mb=1024,
            resends=True,
        )
        follow(
            tables["accounts"],
            self.function,
            stage=stage,
            only=Filter(("INSERT", "MODIFY"), {"cause": Cause.DATA.value}),
            failures=parts.stream_failures,
            parallel=10,
        )
        decide.work(self.function, batch_size=10, max_concurrency=20)
        decide.grant_send(self.function)
        grants.move_accounts(parts, self.function)
        grants.walk_accounts(parts, self.function)
        grants.trip_breaker(parts, self.function)
        grants.add_notices(parts, self.function)
        grants.keep_runs(parts, self.function)
        grants.read_sync_times(parts, self.function)
