"""The simulator's twins against DynamoDB on moto and the oracle; the third world is in tests/stack/test_worlds.py."""

from datetime import UTC, datetime

import pytest

from tests.simulation.mutants.mutant import Mutant
from tests.worlds.comparing import compare
from tests.worlds.making import make
from tests.worlds.mutants import OF_A_TWIN, OF_DYNAMODB, OF_THE_PRODUCT
from tests.worlds.outcome import Outcome, played

OF_THE_DAY = datetime.now(UTC).date().isoformat()
"""Another scenario each day; one that fails is told again by its seed."""
STRIKE = ("crashed before", "crashed after", "crashed answer", "throttled", "unanswered", "message isolated")
SMALL = 300
"""Deliveries: enough for a mutant that errs each time."""


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return played(make("1"), ["memory", "moto"])


def test_the_twins_end_as_dynamodb_does_and_both_as_the_oracle_says(outcome: Outcome) -> None:
    assert outcome.wrong == ""
    assert all(struck[kind] for struck in outcome.struck.values() for kind in STRIKE)


@pytest.mark.parametrize("seed", ["2", "3", OF_THE_DAY])
def test_the_twins_end_as_the_oracle_says(seed: str) -> None:
    assert played(make(seed), ["memory"]).unexpected == [], f"make worlds SEED={seed}"


@pytest.mark.parametrize("mutant", OF_A_TWIN, ids=lambda mutant: mutant.name)
def test_a_twin_that_does_otherwise_differs_from_dynamodb(mutant: Mutant, outcome: Outcome) -> None:
    with mutant.applied():
        mutated = played(outcome.scenario, ["memory"]).states["memory"]

    found = compare({"memory": mutated, "moto": outcome.states["moto"]}).unlisted
    assert any(mutant.caught_by in difference.field for difference in found)


def test_a_store_on_dynamodb_that_does_otherwise_differs_from_its_twin() -> None:
    with OF_DYNAMODB.applied():
        found = played(make("1", SMALL), ["memory", "moto"]).comparison.unlisted

    assert any(OF_DYNAMODB.caught_by in difference.field for difference in found)


@pytest.mark.parametrize("mutant", OF_THE_PRODUCT, ids=lambda mutant: mutant.name)
def test_what_all_worlds_do_wrong_alike_is_seen_by_the_oracle(mutant: Mutant) -> None:
    with mutant.applied():
        found = played(make("1"), ["memory"]).unexpected

    assert any(mutant.caught_by in difference.field for difference in found)
