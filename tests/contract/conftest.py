"""Each port's two implementations, in memory and on AWS as moto plays it; no test here reaches a network."""

from collections.abc import Iterator
from itertools import count

import pytest
from moto import mock_aws
from pytest_socket import disable_socket

from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.database import Database
from shared.memory.accounts import MemoryAccounts
from tests.contract.tables import create_tables

_tests = count(1)

type Accounts = MemoryAccounts | DynamoAccounts


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
