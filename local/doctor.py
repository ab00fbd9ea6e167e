"""Examines a deployment from outside: mail, the vendors' keys, their webhooks. It changes nothing.

With the product's own edges, in the account and region of the credentials at hand.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from infra.stages import Stage
from local import findings
from local.console import console
from local.findings import Finding, Level
from shared.accounts.identity import SourceName
from shared.aws import clients
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.dynamodb.runs import DynamoRuns
from shared.aws.secrets import SsmSecrets
from shared.configuration.reader import PublishedReader
from shared.configuration.sources import SourceConfig
from shared.connectors.ports import VendorRefused, VendorUnavailable
from shared.connectors.recurly.api import Api
from shared.connectors.recurly.client import HOSTS
from shared.connectors.transport import Host
from shared.runtime.clock import system_now
from shared.runtime.ports import SecretMissing

_RECURLY = SourceName("recurly")
_MARKS = {Level.GOOD: "[green]✓[/green]", Level.ADVICE: "[yellow]![/yellow]", Level.BAD: "[red]✗[/red]"}


def examine(stage: Stage) -> int:
    """Prints each finding with what to do; 1 where one is bad."""
    if stage.region:
        os.environ["AWS_DEFAULT_REGION"] = stage.region
    found = [*_mail(stage), *_recurly(stage)]
    for finding in found:
        console.print(f"{_MARKS[finding.level]} {finding.check}: {finding.said}")
        if finding.todo:
            console.print(f"  → {finding.todo}", markup=False)
    return int(any(finding.level is Level.BAD for finding in found))


def _mail(stage: Stage) -> Iterator[Finding]:
    ses = clients.ses()
    yield findings.mail_sandbox(ses.get_account())
    name = stage.mail_domain or stage.sender
    try:
        identity = ses.get_email_identity(EmailIdentity=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        yield findings.sender(name, None)
    else:
        yield findings.sender(name, identity)
        yield findings.dkim(name, identity)


def _recurly(stage: Stage) -> Iterator[Finding]:
    now, database = system_now(), Database()
    documents = DynamoDocuments(database, config=f"{stage.prefix}-config", audit=f"{stage.prefix}-audit")
    config = PublishedReader(documents, timedelta(0)).read(now).sources[_RECURLY]
    yield _key(stage, config, now)
    yield findings.deliveries(_RECURLY, DynamoRuns(database, runs=f"{stage.prefix}-runs").status(_RECURLY))


def _key(stage: Stage, config: SourceConfig, now: datetime) -> Finding:
    try:
        key = SsmSecrets(clients.ssm(), stage.secrets_prefix, system_now).current("api/recurly")[0]
        api = Api(Host(config.base_url or HOSTS[0], loopback=stage.emulated), key)
        return findings.key_works(_RECURLY, api.count("/accounts", now))
    except SecretMissing:
        return findings.key_missing(_RECURLY)
    except VendorRefused as error:
        return findings.key_refused(_RECURLY, error)
    except VendorUnavailable as error:
        return findings.key_untried(_RECURLY, error)
