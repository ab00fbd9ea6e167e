"""A source that errs for a day, with every other fault besides: hardly anybody moves, and admins hear once."""

import pytest

from tests.simulation.accident import ACCIDENTS, accident
from tests.simulation.customers import ADMINS

ACCOUNTS = 200
SHARE = 0.05


@pytest.mark.parametrize("seed", ["1", "2"])
@pytest.mark.parametrize("kind", ACCIDENTS)
def test_a_day_of_wrong_data_demotes_at_most_the_share_and_leaves_no_trace(kind: str, seed: str) -> None:
    outcome = accident(kind, seed, ACCOUNTS)

    assert outcome.faults > 500
    assert outcome.demoted <= ACCOUNTS * SHARE
    assert outcome.mails == {admin.email: int(outcome.demoted > 0) for admin in ADMINS}
    assert outcome.moved == 0


def test_zeros_are_an_accident_that_the_breaker_sees() -> None:
    assert accident("zero", "1", ACCOUNTS).demoted > 0
