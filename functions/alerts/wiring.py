"""Puts the alerts function together: accounts and alerts on DynamoDB, the rules in force, the users."""

from functions.alerts.service import Alerts
from functions.alerts.settings import Settings
from shared.aws import clients
from shared.aws.directory import CognitoDirectory
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.queues import SqsQueue
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Alerts:
    database = Database()
    return Alerts(
        accounts=stores.accounts(database, settings),
        alerts=DynamoAlerts(database, alerts=settings.alerts_table),
        published=stores.published(database, settings),
        directory=CognitoDirectory(clients.cognito(), settings.user_pool_id, system_now),
        queue=SqsQueue(settings.evaluate_alerts_queue_url, clients.sqs()),
        clock=system_now,
    )
