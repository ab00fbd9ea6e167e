"""Puts the tier_trigger function together: accounts, runs, notices on DynamoDB, the rules in force, its own queue."""

from typing import NamedTuple

from functions.tier_trigger.bulk import Bulk
from functions.tier_trigger.service import TierTrigger
from functions.tier_trigger.settings import Settings
from functions.tier_trigger.walk import Walk
from shared.aws import clients
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.runs import DynamoRuns
from shared.aws.queues import SqsQueue
from shared.configuration.breaker import Breaker
from shared.runtime.clock import system_now


class Workers(NamedTuple):
    walk: Walk
    bulk: Bulk


def wire(settings: Settings) -> Workers:
    database = Database()
    accounts = stores.accounts(database, settings)
    published = stores.deciding(database, settings)
    trigger = TierTrigger(
        accounts=accounts,
        published=published,
        queue=SqsQueue(settings.decide_queue_url, clients.sqs()),
        clock=system_now,
        breaker=Breaker(published.documents, accounts),
    )
    runs = DynamoRuns(database, runs=settings.runs_table)
    notices = DynamoAlerts(database, alerts=settings.alerts_table)
    return Workers(Walk(trigger, accounts, runs), Bulk(trigger, accounts, runs, notices))
