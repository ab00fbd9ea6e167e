"""Step 2: fetches what hints point at and merges it into accounts."""

from constructs import Construct

from functions.ingest.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts, QueueName

BATCH = 10


class Ingest(Construct):
    def __init__(self, scope: Construct, *, parts: Parts) -> None:
        super().__init__(scope, "Ingest")
        hints = parts.queues[QueueName.HINTS]
        self.function = HouseFunction(
            self,
            "ingest",
            house=parts.house,
            settings=parts.settings(Settings),
            timeout_seconds=hints.worker_seconds,
            # It waits more than it works: half the memory is half the price of that, and the same for work.
            memory_mb=256,
            resends=True,
        )
        hints.work(self.function, batch_size=BATCH, max_concurrency=50)
        hints.grant_send(self.function)
        grants.merge_accounts(parts, self.function)
        grants.read_config(parts, self.function)
        grants.note_sources(parts, self.function)
        grants.read_secrets(parts, self.function, "api/*")
        grants.find_users(parts, self.function)
