"""The simulator's own world: every port is a twin in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulation.deployment import Deployment
from tests.simulation.faults import Rates
from tests.simulation.run import patient_collector
from tests.simulation.stage import stage
from tests.support.stored import Stored
from tests.worlds.simulated import ADMIN, USERS, Simulated
from tests.worlds.vendors import TwinBilling


@contextmanager
def memory(seed: str) -> Iterator[Simulated]:
    with stage(), patient_collector():
        deployment = Deployment(f"{seed}/memory", Rates(), users=USERS, admins=[ADMIN])
        billing = deployment.vendor = TwinBilling(deployment.loop, deployment.dice)
        yield Simulated("memory", seed, deployment, billing, lambda: _stored(deployment))


def _stored(deployment: Deployment) -> Stored:
    accounts, alerts = deployment.accounts, deployment.alerts
    return Stored(
        accounts=accounts.accounts,
        links={str(record): link for record, link in accounts.linked.items()},
        history=accounts.rows,
        alerts=[*alerts.alerts.values()],
        notices=[*alerts.noticed.values()],
        claims={claim: frozenset(notices) for claim, notices in alerts.claims.items()},
    )
