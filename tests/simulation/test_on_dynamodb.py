"""The store that is deployed, under the faults that its twin is put to: it holds, and its mutants are seen."""

from collections.abc import Iterator
from itertools import count

import pytest
from moto import mock_aws

from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.database import Database
from tests.contract.tables import create_tables
from tests.simulation.mutants import ON_DYNAMODB, Mutant
from tests.simulation.mutants.catching import CROSSES, HOUR, RATES
from tests.simulation.on_dynamodb import DynamoTableOfAccounts
from tests.simulation.run import Report, Scenario, run

DELIVERIES = 900
CUSTOMERS = 16
"""So few that workers often meet at the same account."""
SEEDS = ("1", "2", "3", "4", "5")
"""In so small a run workers need not meet at the worst moment: a mutant is caught in the first where they do."""
_tables = count(1)


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield


def _run(seed: str) -> Report:
    database = Database()
    tables = create_tables(database, f"simulated-{next(_tables)}")
    names = {name: tables[name] for name in ("accounts", "links", "history", "audit")}
    accounts = DynamoTableOfAccounts(DynamoAccounts(database, **names))
    return run(Scenario(seed, DELIVERIES, RATES, CROSSES, 3 * HOUR, 3 * HOUR, accounts, CUSTOMERS))


def test_the_store_on_dynamodb_breaks_no_invariant() -> None:
    assert _run(SEEDS[0]).findings.told == {}


@pytest.mark.parametrize("mutant", ON_DYNAMODB, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_store_on_dynamodb_is_caught(mutant: Mutant) -> None:
    with mutant.applied():
        assert any(_run(seed).findings.counts for seed in SEEDS)
