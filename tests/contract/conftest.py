"""Each port's two implementations, in memory and on AWS as moto plays it; no test here reaches a network."""

from collections.abc import Iterator
from itertools import count

import pytest
from moto import mock_aws
from pytest_socket import disable_socket

from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.dynamodb.runs import DynamoRuns, DynamoWatermarks
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.documents import MemoryDocuments
from shared.memory.runs import MemoryRuns, MemoryWatermarks
from shared.runtime.ports import Watermarks
from tests.contract.tables import create_tables

_tests = count(1)

type Accounts = MemoryAccounts | DynamoAccounts
type Alerts = MemoryAlerts | DynamoAlerts
type Documents = MemoryDocuments | DynamoDocuments
type Runs = MemoryRuns | DynamoRuns


@pytest.fixture(autouse=True)
def _no_network() -> None:
    disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """moto, with credentials and a region that no account has."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        with mock_aws():
            yield


@pytest.fixture(scope="session")
def connection(aws: None) -> Database:  # noqa: ARG001 - moto runs first
    """One for all tests: each has tables of its own."""
    return Database()


@pytest.fixture
def tables(connection: Database) -> dict[str, str]:
    return create_tables(connection, f"test-{next(_tests)}")


@pytest.fixture
def dynamo_accounts(connection: Database, tables: dict[str, str]) -> DynamoAccounts:
    names = {name: tables[name] for name in ("accounts", "links", "history", "audit")}
    return DynamoAccounts(connection, **names)


@pytest.fixture(params=["memory", "dynamodb"])
def accounts(request: pytest.FixtureRequest) -> Accounts:
    if request.param == "memory":
        return MemoryAccounts()
    store: DynamoAccounts = request.getfixturevalue("dynamo_accounts")
    return store


@pytest.fixture(params=["memory", "dynamodb"])
def documents(request: pytest.FixtureRequest) -> Documents:
    if request.param == "memory":
        return MemoryDocuments()
    tables = request.getfixturevalue("tables")
    return DynamoDocuments(request.getfixturevalue("connection"), config=tables["config"], audit=tables["audit"])


@pytest.fixture
def dynamo_alerts(connection: Database, tables: dict[str, str]) -> DynamoAlerts:
    return DynamoAlerts(connection, alerts=tables["alerts"])


@pytest.fixture(params=["memory", "dynamodb"])
def alerts(request: pytest.FixtureRequest) -> Alerts:
    if request.param == "memory":
        return MemoryAlerts()
    store: DynamoAlerts = request.getfixturevalue("dynamo_alerts")
    return store


@pytest.fixture(params=["memory", "dynamodb"])
def runs(request: pytest.FixtureRequest) -> Runs:
    if request.param == "memory":
        return MemoryRuns()
    return DynamoRuns(request.getfixturevalue("connection"), runs=request.getfixturevalue("tables")["runs"])


@pytest.fixture(params=["memory", "dynamodb"])
def watermarks(request: pytest.FixtureRequest) -> Watermarks:
    if request.param == "memory":
        return MemoryWatermarks()
    return DynamoWatermarks(request.getfixturevalue("connection"), runs=request.getfixturevalue("tables")["runs"])
