"""Puts the clock together: what is due on DynamoDB, and the queues it goes to."""

from functions.clock.service import Clock
from functions.clock.settings import Settings
from shared.aws import clients
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.runs import DynamoRuns, DynamoWatermarks
from shared.aws.queues import SqsQueue


def wire(settings: Settings) -> Clock:
    database = Database()
    return Clock(
        accounts=stores.accounts(database, settings),
        notices=DynamoAlerts(database, alerts=settings.alerts_table),
        published=stores.published(database, settings, begins_paused=settings.begins_paused),
        runs=DynamoRuns(database, runs=settings.runs_table),
        watermarks=DynamoWatermarks(database, runs=settings.runs_table),
        decide=SqsQueue(settings.decide_queue_url, clients.sqs()),
        notify=SqsQueue(settings.notify_queue_url, clients.sqs()),
    )
