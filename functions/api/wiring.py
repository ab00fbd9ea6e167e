"""Puts the API together on AWS: DynamoDB, the queues, Parameter Store, the user pool."""

from uuid import uuid4

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

from functions.api.application import Ports, build
from functions.api.http.api import Api
from functions.api.settings import Settings
from shared.aws import clients
from shared.aws.directory import CognitoDirectory
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.runs import DynamoRuns, DynamoWatermarks
from shared.aws.queues import SqsQueue
from shared.aws.secret_writer import SsmSecretWriter
from shared.aws.secrets import SsmSecrets
from shared.connectors.transport import Host
from shared.runtime.clock import system_now
from shared.runtime.telemetry import logger

SETTLED_AFTER = 7
"""Times the age up to which workers trust a copy of the configuration: by then they have done with the batches that
they began on an old one."""


def wire(settings: Settings) -> Api:
    return build(
        _ports(settings),
        stage=settings.stage,
        public_url=settings.public_url,
        retier_delay_seconds=SETTLED_AFTER * settings.config_max_age_seconds,
        begins_paused=settings.begins_paused,
        logger=logger(),
    )


def _ports(settings: Settings) -> Ports:
    database = Database()
    accounts = stores.accounts(database, settings)
    runs = DynamoRuns(database, runs=settings.runs_table)
    alerts = DynamoAlerts(database, alerts=settings.alerts_table)
    ssm, sqs = clients.ssm(), clients.sqs()
    return Ports(
        accounts=accounts,
        lists=accounts,
        documents=stores.documents(database, settings),
        alerts=alerts,
        notices=alerts,
        runs=runs,
        reports=runs,
        synced=DynamoWatermarks(database, runs=settings.runs_table),
        users=CognitoDirectory(clients.cognito(), settings.user_pool_id, system_now),
        secrets=SsmSecrets(ssm, settings.secrets_prefix, system_now),
        secret_writer=SsmSecretWriter(ssm, settings.secrets_prefix),
        decide=SqsQueue(settings.decide_queue_url, sqs),
        syncs=SqsQueue(settings.syncs_queue_url, sqs),
        markers=DynamoDBPersistenceLayer(settings.markers_table, boto3_client=database.client),
        clock=system_now,
        new_id=lambda: uuid4().hex,
        check_address=lambda url: Host(url, loopback=settings.loopback_vendors),
    )
