"""Puts the tier_trigger function together: accounts and runs on DynamoDB, the rules in force, its own queue."""

from datetime import timedelta

from functions.tier_trigger.service import TierTrigger
from functions.tier_trigger.settings import Settings
from functions.tier_trigger.walk import Walk
from shared.aws import clients
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.dynamodb.runs import DynamoRuns
from shared.aws.queues import SqsQueue
from shared.configuration.reader import PublishedReader
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Walk:
    database = Database()
    documents = DynamoDocuments(database, config=settings.config_table, audit=settings.audit_table)
    accounts = DynamoAccounts(
        database,
        accounts=settings.accounts_table,
        links=settings.links_table,
        history=settings.history_table,
        audit=settings.audit_table,
    )
    trigger = TierTrigger(
        accounts=accounts,
        published=PublishedReader(documents, timedelta(seconds=settings.config_max_age_seconds)),
        queue=SqsQueue(settings.decide_queue_url, clients.sqs()),
        clock=system_now,
    )
    return Walk(trigger=trigger, lists=accounts, runs=DynamoRuns(database, runs=settings.runs_table))
