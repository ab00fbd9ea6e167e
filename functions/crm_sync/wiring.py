"""Puts the scheduled sync together: its stores on DynamoDB, the vendors' connectors, its own queue."""

from functions.crm_sync.service import CrmSync
from functions.crm_sync.settings import Settings
from shared.aws import clients
from shared.aws.directory import CognitoDirectory
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.runs import DynamoRuns, DynamoWatermarks
from shared.aws.queues import SqsQueue
from shared.aws.secrets import SsmSecrets
from shared.connectors.lender import Lender
from shared.connectors.recurly import client as recurly
from shared.connectors.recurly.mapping import RECURLY
from shared.ingestion.intake import Intake
from shared.ingestion.notebook import Notebook
from shared.runtime.clock import system_now


def wire(settings: Settings) -> CrmSync:
    database = Database()
    accounts = stores.accounts(database, settings)
    runs = DynamoRuns(database, runs=settings.runs_table)
    return CrmSync(
        published=stores.published(database, settings),
        lender=_lender(settings),
        runs=runs,
        intake=Intake(accounts, CognitoDirectory(clients.cognito(), settings.user_pool_id, system_now)),
        notebook=Notebook(runs),
        synced=DynamoWatermarks(database, runs=settings.runs_table),
        queue=SqsQueue(settings.syncs_queue_url, clients.sqs()),
        clock=system_now,
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
