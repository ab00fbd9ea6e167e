"""Step 1: takes signed webhooks over HTTP and leaves hints."""

from constructs import Construct

from functions.webhook.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.http import HttpFront
from infra.constructs.parts import Parts, QueueName


class Webhook(Construct):
    def __init__(self, scope: Construct, *, parts: Parts, front: HttpFront) -> None:
        super().__init__(scope, "Webhook")
        hints = parts.queues[QueueName.HINTS]
        self.function = HouseFunction(
            self,
            "webhook",
            house=parts.house,
            settings=parts.settings(Settings),
            timeout_seconds=10,
            memory_mb=256,
            lean=True,
        )
        hints.grant_send(self.function)
        grants.read_secrets(parts, self.function, "webhook/*")
        front.serve(self.function, "POST /webhooks/{source}")
