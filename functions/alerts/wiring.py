"""Puts the alerts function together: accounts and alerts on DynamoDB, the rules in force, the users."""

from datetime import timedelta

from functions.alerts.service import Alerts
from functions.alerts.settings import Settings
from shared.aws import clients
from shared.aws.directory import CognitoDirectory
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.queues import SqsQueue
from shared.configuration.reader import PublishedReader
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Alerts:
    database = Database()
    documents = DynamoDocuments(database, config=settings.config_table, audit=settings.audit_table)
    return Alerts(
        accounts=DynamoAccounts(
            database,
            accounts=settings.accounts_table,
            links=settings.links_table,
            history=settings.history_table,
            audit=settings.audit_table,
        ),
        alerts=DynamoAlerts(database, alerts=settings.alerts_table),
        published=PublishedReader(documents, timedelta(seconds=settings.config_max_age_seconds)),
        directory=CognitoDirectory(clients.cognito(), settings.user_pool_id, system_now),
        queue=SqsQueue(settings.evaluate_alerts_queue_url, clients.sqs()),
        clock=system_now,
    )
