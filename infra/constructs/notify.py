"""Step 6: sends notices by mail and to the topic, and hears from SES what became of them."""

from constructs import Construct

from functions.notify.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.http import HttpFront
from infra.constructs.mail import Mail
from infra.constructs.parts import Parts, QueueName
from infra.constructs.stream import Filter, follow
from infra.constructs.topic import HouseTopic


class Notify(Construct):
    def __init__(self, scope: Construct, *, parts: Parts, front: HttpFront) -> None:
        super().__init__(scope, "Notify")
        stage, tables, notify = parts.house.stage, parts.tables, parts.queues[QueueName.NOTIFY]
        self.topic = HouseTopic(self, "Topic", stage=stage, name="alerts")
        self.mail = Mail(self, stage=stage, events=notify)
        settings = parts.settings(
            Settings,
            topic_arn=self.topic.topic.topic_arn,
            sender=stage.sender,
            configuration_set=self.mail.configuration_set,
            public_url=front.url,
        )
        self.function = HouseFunction(
            self, "notify", house=parts.house, settings=settings, timeout_seconds=notify.worker_seconds, resends=True
        )
        follow(
            tables["alerts"],
            self.function,
            stage=stage,
            only=Filter(("INSERT",), {"kind": "notice", "state": "pending"}),
            failures=parts.stream_failures,
        )
        notify.work(self.function, batch_size=10, max_concurrency=5)
        notify.grant_send(self.function)
        self.mail.grant_send(self.function)
        self.topic.grant_publish(self.function)
        grants.read_accounts(parts, self.function)
        grants.read_config(parts, self.function)
        grants.read_document(parts, self.function)
        grants.move_notices(parts, self.function)
        grants.read_secrets(parts, self.function, "why")
        grants.find_users(parts, self.function)
        grants.list_roles(parts, self.function)
