"""Puts ingest together: its stores on DynamoDB, the vendors' connectors, the queue that messages go back on."""

from datetime import timedelta

from functions.ingest.service import Ingest
from functions.ingest.settings import Settings
from shared.aws import clients
from shared.aws.directory import CognitoDirectory
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.dynamodb.runs import DynamoRuns
from shared.aws.queues import SqsQueue
from shared.aws.secrets import SsmSecrets
from shared.configuration.reader import PublishedReader
from shared.connectors.generic.mapping import GENERIC, to_record
from shared.connectors.lender import Lender
from shared.connectors.recurly import client as recurly
from shared.connectors.recurly.mapping import RECURLY
from shared.ingestion.intake import Intake
from shared.ingestion.notebook import Notebook
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Ingest:
    database = Database()
    accounts = DynamoAccounts(
        database,
        accounts=settings.accounts_table,
        links=settings.links_table,
        history=settings.history_table,
        audit=settings.audit_table,
    )
    documents = DynamoDocuments(database, config=settings.config_table, audit=settings.audit_table)
    return Ingest(
        published=PublishedReader(documents, timedelta(seconds=settings.config_max_age_seconds)),
        lender=_lender(settings),
        trusted={GENERIC: to_record},
        intake=Intake(accounts, CognitoDirectory(clients.cognito(), settings.user_pool_id, system_now)),
        notebook=Notebook(DynamoRuns(database, runs=settings.runs_table)),
        queue=SqsQueue(settings.hints_queue_url, clients.sqs()),
    )


def _lender(settings: Settings) -> Lender:
    return Lender(
        {
            RECURLY: lambda key, config: recurly.connect(
                key, base_url=config.base_url, loopback=settings.loopback_vendors
            )
        },
        SsmSecrets(clients.ssm(), settings.secrets_prefix, system_now),
    )
