"""The stores that are deployed, under the faults that their twins are put to: they hold, and their mutants are seen."""

from collections.abc import Iterator
from itertools import count

import pytest
from moto import mock_aws

from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from tests.contract.tables import create_tables
from tests.simulation.faults import Rates
from tests.simulation.mutants import ACCOUNTS_ON_DYNAMODB, ON_DYNAMODB, Mutant
from tests.simulation.mutants.catching import CROSSES, HOUR, SEEDS
from tests.simulation.mutants.mutant import RATES
from tests.simulation.on_dynamodb import DynamoTableOfAccounts, DynamoTableOfAlerts
from tests.simulation.run import Report, Scenario, run
from tests.simulation.stores import TableOfAlerts

_tables = count(1)


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield


def _accounts() -> DynamoTableOfAccounts:
    database = Database()
    tables = create_tables(database, f"simulated-{next(_tables)}")
    names = {name: tables[name] for name in ("accounts", "links", "history", "audit")}
    return DynamoTableOfAccounts(DynamoAccounts(database, **names))


def _alerts() -> DynamoTableOfAlerts:
    database = Database()
    return DynamoTableOfAlerts(
        DynamoAlerts(database, alerts=create_tables(database, f"simulated-{next(_tables)}")["alerts"])
    )


def _crowded(seed: str, rates: Rates = RATES, alerts: TableOfAlerts | None = None) -> Report:
    """So few customers that workers often meet at the same account."""
    return run(Scenario(seed, 900, rates, CROSSES, 3 * HOUR, 3 * HOUR, _accounts(), customers=16, alerts=alerts))


def _digested(seed: str, rates: Rates) -> Report:
    """So many customers at once that their mails are held for one digest."""
    return run(Scenario(seed, 500, rates, CROSSES, 1.5 * HOUR, 1.5 * HOUR, customers=60, alerts=_alerts()))


def test_the_stores_on_dynamodb_break_no_invariant() -> None:
    assert _crowded(SEEDS[0], alerts=_alerts()).findings.told == {}


@pytest.mark.parametrize("mutant", ON_DYNAMODB, ids=lambda mutant: mutant.name)
def test_a_mutant_of_a_store_on_dynamodb_is_caught(mutant: Mutant) -> None:
    """With the store that it is of; the other is in memory."""
    run_of = _crowded if mutant in ACCOUNTS_ON_DYNAMODB else _digested
    with mutant.applied():
        assert any(mutant.caught_by in run_of(seed, mutant.rates).findings.counts for seed in SEEDS)
