"""Puts the notify function together: the outbox on DynamoDB, SES, SNS and what a mail is written from."""

from uuid import uuid4

from functions.notify.service import Notifier
from functions.notify.settings import Settings
from functions.notify.writer import Writer
from shared.aws import clients
from shared.aws.directory import CognitoDirectory
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.mail import SesMail
from shared.aws.queues import SqsQueue
from shared.aws.secrets import SsmSecrets
from shared.aws.topic import SnsTopic
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Notifier:
    database = Database()
    alerts = DynamoAlerts(database, alerts=settings.alerts_table)
    writer = Writer(
        alerts=alerts,
        accounts=stores.accounts(database, settings),
        published=stores.published(database, settings, begins_paused=settings.begins_paused),
        directory=CognitoDirectory(clients.cognito(), settings.user_pool_id, system_now),
        secrets=SsmSecrets(clients.ssm(), settings.secrets_prefix, system_now),
        public_url=settings.public_url,
        notices=alerts,
    )
    return Notifier(
        notices=alerts,
        writer=writer,
        mail=SesMail(clients.ses(), settings.sender, settings.configuration_set),
        topic=SnsTopic(settings.topic_arn, clients.sns()),
        queue=SqsQueue(settings.notify_queue_url, clients.sqs()),
        clock=system_now,
        new_claim=lambda: uuid4().hex,
    )
