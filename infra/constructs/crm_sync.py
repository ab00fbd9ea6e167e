"""Step 2, on a schedule: pulls what changed at the sources, page by page."""

from constructs import Construct

from functions.crm_sync.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts, QueueName
from infra.constructs.tick import Tick
from shared.runtime.messages import SyncSource, write


class CrmSync(Construct):
    def __init__(self, scope: Construct, *, parts: Parts) -> None:
        super().__init__(scope, "CrmSync")
        stage, syncs = parts.house.stage, parts.queues[QueueName.SYNCS]
        self.function = HouseFunction(
            self,
            "crm_sync",
            house=parts.house,
            settings=parts.settings(Settings),
            timeout_seconds=syncs.worker_seconds,
            resends=True,
        )
        syncs.work(self.function, batch_size=1, max_concurrency=5)
        syncs.grant_send(self.function)
        grants.merge_accounts(parts, self.function)
        grants.read_config(parts, self.function)
        grants.keep_runs(parts, self.function)
        grants.list_runs(parts, self.function)
        grants.note_sources(parts, self.function)
        grants.read_secrets(parts, self.function, "api/*")
        grants.find_users(parts, self.function)
        Tick(
            self,
            name=f"{stage.prefix}-sync-tick",
            minutes=stage.sync_tick_minutes,
            target_arn=syncs.main.queue_arn,
            action="sqs:SendMessage",
            message=write(SyncSource(source=None, run_id=None)).body,
            dead=syncs.dead,
        )
