"""Puts the tier_trigger function together: accounts and runs on DynamoDB, the rules in force, its own queue."""

from functions.tier_trigger.service import TierTrigger
from functions.tier_trigger.settings import Settings
from functions.tier_trigger.walk import Walk
from shared.aws import clients
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.runs import DynamoRuns
from shared.aws.queues import SqsQueue
from shared.configuration.breaker import Breaker
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Walk:
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
    return Walk(trigger=trigger, lists=accounts, runs=DynamoRuns(database, runs=settings.runs_table))
