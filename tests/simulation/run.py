"""One simulated run: a day of deliveries with everything that can go wrong, three days of its echoes, and then calm."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from time import perf_counter, process_time

from shared.accounts.values import Json
from tests.simulation.checks import Findings, World, check
from tests.simulation.customers import ADMINS, CROSSES, CSMS, FALLBACK, ODD, customers
from tests.simulation.deployment import Deployment
from tests.simulation.faults import CALM, Rates
from tests.simulation.loop import SECOND
from tests.simulation.people import Crowd
from tests.simulation.senders import DAY, ECHO, Senders
from tests.simulation.stage import stage
from tests.simulation.stores import TableOfAccounts, TableOfAlerts

A_CUSTOMER = 20
"""Deliveries."""
SETTLES = 15 * 60 * SECOND
PUT_BACK = 15 * 60 * SECOND
"""The longest delay that a fault orders."""
STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    seed: str
    deliveries: int
    senders: Senders
    deployment: Deployment
    findings: Findings
    faults: dict[str, int]
    settled: float
    """Simulated seconds from the end of the faults until all was quiet."""
    answered: float
    """Simulated seconds in which the last, faultless wave settled."""
    seconds: float
    cpu_seconds: float
    trace: str

    @property
    def held(self) -> bool:
        return not self.findings.counts


type Progress = Callable[[int, str], None]
"""Told how many deliveries were made, and what is going on."""


@dataclass
class Scenario:
    """The deployment with all that acts on it, before the first moment."""

    seed: str
    deliveries: int
    rates: Rates = field(default_factory=Rates)
    crosses: float = CROSSES
    """Of events: the customer's tier changes, as like as not."""
    day: float = DAY
    echo: float = ECHO
    accounts: TableOfAccounts | None = None
    """Other than in memory."""
    customers: int | None = None
    """None: one for A_CUSTOMER deliveries; with fewer, workers meet at the same accounts more often."""
    alerts: TableOfAlerts | None = None
    """Other than in memory."""

    def __post_init__(self) -> None:
        users = [*CSMS, *ODD]
        self.deployment = Deployment(
            self.seed, self.rates, users=users, admins=ADMINS, accounts=self.accounts, alerts=self.alerts
        )
        settings: dict[str, Json] = {"time_zone": "Europe/Berlin", "fallback_recipients": [FALLBACK]}
        self.deployment.configure("settings", settings)
        self.deployment.configure("source:recurly", {"sync_minutes": 60})
        random = Random(f"{self.seed}/customers")
        known = customers(self.customers or max(30, self.deliveries // A_CUSTOMER), random)
        self.senders = Senders(self.deployment, known, random, self.crosses, self.day, self.echo)
        self.crowd = Crowd(self.deployment, known, Random(f"{self.seed}/people"))

    @property
    def last_wave(self) -> int:
        """Of the deliveries, how many come once nothing fails any more."""
        return max(20, self.deliveries // 100)

    def start(self) -> None:
        self.senders.waves(self.deliveries - self.last_wave)
        self.crowd.day(self.deliveries, self.day)
        self.deployment.tick()
        self.deployment.sync_tick()


def run(scenario: Scenario, progress: Progress = lambda *_: None) -> Report:
    begun, cpu = perf_counter(), process_time()
    with stage(), patient_collector():
        scenario.start()
        deployment, senders = scenario.deployment, scenario.senders
        while deployment.loop.micros < (scenario.day + scenario.echo) * SECOND:
            deployment.loop.run(STEP)
            progress(senders.made, f"{deployment.loop.now:%a %H:%M}")
        deployment.dice.rates = CALM
        scenario.crowd.redrive()
        settled = _quiet(deployment)
        answered = _last_wave(scenario)
        if deployment.empty:
            progress(senders.made, "the last digests")
            deployment.loop.run(timedelta(hours=26))
        deployment.accounts.reread()
        deployment.alerts.reread()
        findings = check(World(deployment, senders, scenario.crowd))
        _live(settled, answered, senders, findings)
        seconds, cpu_seconds = perf_counter() - begun, process_time() - cpu
    return Report(
        seed=scenario.seed,
        deliveries=scenario.deliveries,
        senders=senders,
        deployment=deployment,
        findings=findings,
        faults=dict(sorted(deployment.dice.struck.items())),
        settled=settled / SECOND,
        answered=answered / SECOND,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        trace=deployment.loop.trace.hash,
    )


def _quiet(deployment: Deployment) -> int:
    """Microseconds until nothing is on its way; the clock goes on ticking."""
    begin = deployment.loop.micros
    last = begin
    for _ in range(3_600):
        deployment.loop.run(timedelta(seconds=1))
        if not deployment.empty:
            last = deployment.loop.micros
        elif deployment.loop.micros - last > SETTLES:
            break
    return last - begin


def _last_wave(scenario: Scenario) -> int:
    """Of those that can be worked on, and nothing that a person would have to look at."""
    scenario.senders.crosses = 0
    senders, left = scenario.senders, scenario.crowd.left
    well = [customer for customer in senders.customers if f"generic:{customer.generic[0]}" != left]
    for customer in senders.random.choices(well, k=scenario.last_wave):
        senders.once(customer)
    return _quiet(scenario.deployment)


def _live(settled: int, answered: int, senders: Senders, findings: Findings) -> None:
    """I9: what was delayed while there were faults is done in their longest delay besides."""
    if settled > SETTLES + PUT_BACK:
        findings.breach("I9", f"not quiet {settled / SECOND:.0f} s after the last fault")
    if answered > SETTLES:
        findings.breach("I9", f"the last wave took {answered / SECOND:.0f} s")
    if senders.under_way:
        findings.breach("I9", f"{senders.under_way} deliveries are still under way")


class patient_collector:  # noqa: N801 - reads as a word of `with`
    """Cycles are collected now and then: what is simulated lives to the end, and is looked through in vain."""

    def __enter__(self) -> None:
        self._before = gc.get_threshold()
        gc.set_threshold(1_000_000, 20, 1_000)

    def __exit__(self, *_: object) -> None:
        gc.set_threshold(*self._before)
