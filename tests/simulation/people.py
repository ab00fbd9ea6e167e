"""Those who work with it: they publish policies, set and clear overrides, pause, look at the breaker, redrive."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from functions.api.service.breaking import Breaking
from functions.api.service.configuration import Configuration
from functions.api.service.overriding import Overriding, Until, Wish
from functions.api.service.pausing import Pausing
from functions.api.service.policies import Policies
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.access.people import Actor, Role
from shared.accounts.identity import AccountId, RecordKey, account_id_for
from shared.accounts.values import Json, moment_text
from shared.tiers.breaker import Resolution
from shared.tiers.skipping import Holds
from tests.simulation import deployed, oracle
from tests.simulation.customers import ADMINS, Customer
from tests.simulation.deployment import Deployment
from tests.simulation.faults import Crash
from tests.simulation.loop import SECOND
from tests.simulation.oracle import Ladder
from tests.simulation.patience import Patience
from tests.simulation.queues import Held
from tests.simulation.steps import Ended
from tests.support.workers import Ports

ACTOR = Actor(ADMINS[0].id, frozenset({Role.ADMIN}))
AGAIN = 40.0
"""Seconds until somebody who got no answer looks again."""
SETTLED_AFTER = 7 * deployed.CONFIG_AGE
FIRST = Ladder(1_000, 500)
LADDERS = (
    Ladder(950, 480, patience=10),
    Ladder(2_000, 500, patience=10, skips=True),
    Ladder(1_000, 900),
    Ladder(1_500, 700, patience=10),
)
"""What is published in the course of the day; the amounts that customers pay lie between some of them."""


@dataclass
class Crowd:
    deployment: Deployment
    customers: list[Customer]
    random: Random
    did: oracle.People = field(default_factory=oracle.People)
    poisoned: dict[str, str] = field(default_factory=dict)
    """Records that ever were poison: `raises` or `dies`."""
    fatal: list[AccountId] = field(default_factory=list)
    """Accounts that ever killed whoever decided them."""
    left: str = ""
    """The one that stays so."""
    _runs: int = 0

    def __post_init__(self) -> None:
        self.did.ladders[1] = FIRST
        self.patience = Patience(self.did.ladders, self.deployment.loop, self.deployment.dice)
        self.deployment.accounts.on_write = self.patience.written

    def day(self, deliveries: int, seconds: float) -> None:
        """Orders what people do within a day, or a shorter one, of deliveries."""
        after = self.deployment.loop.after
        for number, ladder in enumerate(LADDERS):
            moment = (0.12 + 0.2 * number) * seconds + self.random.uniform(0, 20)
            after(moment, partial(self.publish, ladder))
        alone = [customer for customer in self.customers if customer.alone]
        count = max(4, len(self.customers) // 300)
        poison, others = alone[-count:], alone[:-count]
        for _ in range(max(4, deliveries // 400)):
            customer = self.random.choice(others)
            after(self.random.uniform(0.05, 0.95) * seconds, partial(self.override, customer))
        after(0.29 * seconds, lambda: self.pause("tiers", 1_500))
        after(0.41 * seconds, lambda: self.pause("mail", 4_000))
        after(0.58 * seconds, lambda: self.pause("source:generic", 900))
        after(0.48 * seconds, lambda: self.outage(5_400))
        after(1_800, self.look)
        after(0.1 * seconds, partial(self._poison, poison))
        after(0.1 * seconds, partial(self._kill_readers, others[-1]))
        after(0.1 * seconds, partial(self._kill_deciders, others[-2]))
        after(1.2 * seconds, self.repair)

    def _poison(self, customers: Sequence[Customer]) -> None:
        """From now on what their systems say can't be digested: half raise, half take the process along."""
        for number, customer in enumerate(customers):
            name = f"generic:{customer.generic[0]}"
            self.poisoned[name] = "dies" if number % 2 else "raises"
            self.deployment.accounts.poisoned[RecordKey.parse(name)] = Crash if number % 2 else RuntimeError
        self.left = f"generic:{customers[0].generic[0]}"

    def _kill_readers(self, customer: Customer) -> None:
        """From now on whoever reads of the account on its stream dies."""
        record = RecordKey.parse(f"generic:{customer.generic[0]}")
        self.deployment.accounts.deadly.add(account_id_for(record))

    def _kill_deciders(self, customer: Customer) -> None:
        """From now on whoever decides the account dies, among others or by itself."""
        self.fatal.append(account_id_for(RecordKey.parse(f"generic:{customer.generic[0]}")))
        self.deployment.accounts.fatal.update(self.fatal)

    def repair(self) -> None:
        """All but one."""
        self.deployment.accounts.deadly.clear()
        self.deployment.accounts.fatal.clear()
        for name in self.poisoned:
            if name != self.left:
                self.deployment.accounts.poisoned.pop(RecordKey.parse(name), None)
        self.redrive()

    def redrive(self) -> None:
        for queue in self.deployment.queues.values():
            queue.redrive(self.is_left)

    def is_left(self, held: Held) -> bool:
        """Whether a dead letter is of what nobody repairs."""
        return bool(self.left) and json.dumps(self.left.removeprefix("generic:")) in held.body

    def outage(self, seconds: float) -> None:
        """The vendor is down, for as long."""
        self.deployment.vendor.down = True

        def ends() -> None:
            self.deployment.vendor.down = False

        self.deployment.loop.after(seconds, ends)

    def look(self) -> None:
        """Every half hour somebody looks at the breaker, seldom at the dead letters, and sends these on again."""
        self.resolve()
        if self.random.random() < 0.04:
            self.redrive()
        self.deployment.loop.after(1_800, self.look)

    def resolve(self) -> None:
        def work(ports: Ports) -> None:
            configuration = self.configuration(ports)
            edition = configuration.read()
            trip = edition.published.trip
            if trip is not None and trip.open:
                breaking = Breaking(configuration, self.retier(ports))
                breaking.resolve(edition, trip.id, Resolution.RELEASED, self.session())
                self.deployment.dice.count("breaker released")

        self.asks(work, self.resolve)

    def publish(self, ladder: Ladder) -> None:
        def work(ports: Ports) -> None:
            policies = Policies(self.configuration(ports), self.retier(ports))
            edition = policies.read()
            if edition.published.rulebook.policy_version in self.did.ladders and edition.policy == policy(ladder):
                return
            if edition.draft_policy != policy(ladder):
                edition = policies.save_draft(edition, policy(ladder), self.session())
            # Known before it is in force: whoever decides by it may be faster than the answer.
            self.did.ladders[edition.policy_version + 1] = ladder
            holds = Holds.SKIP if ladder.skips else Holds.KEEP
            policies.publish(edition, str(edition.draft_version), self.session(), holds=holds)

        self.asks(work, lambda: self.publish(ladder))

    def pause(self, scope: str, seconds: float) -> None:
        def work(ports: Ports) -> None:
            configuration = self.configuration(ports)
            edition = configuration.read()
            if edition.published.pauses.holding(scope, self.now) is None:
                until = moment_text(self.now + timedelta(seconds=seconds))
                pausing = Pausing(configuration, self.retier(ports))
                pausing.put(edition, scope, {"reason": "a look at it first", "until": until}, self.session())

        self.asks(work, lambda: self.pause(scope, seconds))

    def override(self, customer: Customer) -> None:
        """Sets one, for some hours or for good, or clears the one that is there."""
        name, random = f"generic:{customer.generic[0]}", self.random
        tier = random.choice(("tier-1", "tier-2", "tier-3"))
        last = (self.did.overrides.get(name) or [None])[-1]
        if last is not None and random.random() < 0.6:
            wanted = None
        else:
            seconds = None if random.random() < 0.4 else random.randrange(600, 40_000)
            until = None if seconds is None else (self.deployment.loop.micros // SECOND + seconds) * SECOND
            wanted = oracle.Override(tier, until)
        reason = f"for {self.deployment.loop.micros}"
        self._override(name, wanted, reason)

    def _override(self, name: str, wanted: oracle.Override | None, reason: str) -> None:
        said = self.did.overrides.setdefault(name, [])
        if wanted is not None and wanted.until is not None and wanted.until <= self.deployment.loop.micros + SECOND:
            return

        def work(ports: Ports) -> None:
            link = ports.accounts.links([RecordKey.parse(name)]).get(RecordKey.parse(name))
            account = ports.accounts.get(link.account_id) if link else None
            if account is None:
                return
            stands = account.override.reason if account.override else None
            if (wanted is None and stands is None) or stands == reason:
                if not said or said[-1] != wanted:
                    said.append(wanted)
                return
            published = self.configuration(ports).published(self.now)
            session = self.session()
            override = None
            if wanted is not None:
                until = None if wanted.until is None else moment_text(self._at(wanted.until))
                override = Wish(wanted.tier, reason, Until(until, given=True)).override(published, session)
            said.append(wanted)  # before it is in force; where it does not come to that, it is asked for again
            Overriding(ports.accounts, ports.alerts, ports.directory).put(account, override, published, session)

        self.asks(work, lambda: self._override(name, wanted, reason))

    def _at(self, micros: int) -> datetime:
        return self.deployment.loop.begin + timedelta(microseconds=micros)

    def asks(self, work: Callable[[Ports], Any], again: Callable[[], None]) -> None:
        """Asked again after a while where no answer came, or a refusal that a second look mends."""

        def ended(end: Ended) -> None:
            if end.error is not None:
                self.deployment.dice.count(f"person asks again after {type(end.error).__name__}")
                self.deployment.loop.after(AGAIN, again)

        self.deployment.asks(work, ended)

    @property
    def now(self) -> datetime:
        return self.deployment.loop.now

    def session(self) -> Session:
        return Session(ACTOR, self.now)

    def configuration(self, ports: Ports) -> Configuration:
        return Configuration(ports.documents, ports.watermarks, begins_paused=False)

    def retier(self, ports: Ports) -> Retier:
        return Retier(ports.runs, ports.decide, self._run_id, delay_seconds=SETTLED_AFTER)

    def _run_id(self) -> str:
        self._runs += 1
        return f"walk-{self._runs}"


def policy(ladder: Ladder) -> dict[str, Json]:
    return {
        "rules": [
            {"id": "high", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": ladder.high}},
            {"id": "mid", "tier": "tier-2", "when": {"field": "mrr", "op": ">=", "value": ladder.mid}},
        ],
        "otherwise": "tier-3",
        "precedence": ["manual", "synced", "rules"],
        "stability": {"demote_after": f"{ladder.patience}m"} if ladder.patience else {},
    }
