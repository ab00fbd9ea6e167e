"""A world in virtual time: the simulator's loop, with its faults at every port call, over whatever tables there are."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from functions.api.service.overriding import Overriding, Until
from functions.api.service.overriding import Wish as Asked
from functions.api.service.session import Session
from local.users import PEOPLE
from shared.access.people import Actor, Role, User, UserId
from shared.accounts.identity import RecordKey, account_id_for
from shared.accounts.values import moment_text
from tests.simulation.deployment import Deployment
from tests.simulation.faults import CALM, Crash
from tests.simulation.queues import Held
from tests.simulation.steps import Ended
from tests.support import signing
from tests.support.stored import Stored
from tests.support.workers import Ports
from tests.worlds.hostile import hostile
from tests.worlds.scenario import Delivery, Poison, Wave, Wish
from tests.worlds.state import End
from tests.worlds.town import OWNERS
from tests.worlds.vendors import Billing
from tests.worlds.world import A_WHILE, NotAtRest

WITHIN = 120.0
"""Seconds in which a wave is sent."""
AGAIN = 5.0
"""Seconds until a sender without a 200 sends again."""
TICKS = 3
"""Of the clock after each span: what one that died left is the next one's."""
BETWEEN_TICKS = timedelta(minutes=11)
LONGEST = timedelta(hours=12)
"""Until all is at rest."""
DIES_OF = {Poison.RAISES: RuntimeError, Poison.DIES: Crash}
USERS = [User(UserId(f"u-{number}"), email, email) for number, email in enumerate(OWNERS)]
ADMIN = User(UserId("u-admin"), PEOPLE[0].email, PEOPLE[0].name)
SETTINGS = {"breaker": {"min_accounts": 1_000_000}}
"""More than there are: many demotions at once are meant here, as on the local stack."""


class Simulated:
    """World."""

    def __init__(
        self, name: str, seed: str, deployment: Deployment, billing: Billing, stored: Callable[[], Stored]
    ) -> None:
        self.name = name
        self._deployment, self._billing, self._stored = deployment, billing, stored
        self._random = Random(f"{seed}/{name}")
        self._under_way = 0
        self._poisoned: set[RecordKey] = set()
        """Records that ever were."""
        deployment.configure("settings", SETTINGS)

    def plays(self, wave: Wave, progress: Callable[[int], None]) -> None:
        loop, poisoned = self._deployment.loop, self._deployment.accounts.poisoned
        for billed, mrr in wave.charges.items():
            self._billing.charge(billed, mrr)
        for trouble in wave.troubles:
            self._billing.trouble(trouble)
        poisoned.update({RecordKey.parse(record): DIES_OF[poison] for record, poison in wave.poison.items()})
        self._poisoned.update(poisoned)
        loop.run(timedelta(seconds=2))  # the vendor's times are whole seconds
        for delivery in wave.deliveries:
            self._under_way += 1
            loop.after(WITHIN * self._random.random(), partial(self._attempt, delivery, progress))
        self._rests()
        poisoned.clear()
        self._billing.heal()

    def _attempt(self, delivery: Delivery, progress: Callable[[int], None]) -> None:
        now = self._deployment.loop.now
        body = delivery.body(now)
        signed = signing.recurly_headers if delivery.source == "recurly" else partial(_signed, delivery.id)

        def answered(status: int | None) -> None:
            if status == 200:
                self._under_way -= 1
                progress(1)
            else:
                self._deployment.loop.after(AGAIN, partial(self._attempt, delivery, progress))

        self._deployment.receive(delivery.source, signed(body, now), body, answered)

    def repairs(self, records: Sequence[str]) -> None:
        names = [json.dumps(record.partition(":")[2]) for record in records]
        for queue in self._deployment.queues.values():
            queue.redrive(lambda held: not any(name in held.body for name in names))
        self._rests()

    def wishes(self, wishes: Sequence[Wish]) -> None:
        for wish in wishes:
            self._under_way += 1
            self._asked(wish)
        self._rests()

    def _asked(self, wish: Wish) -> None:
        """Again where no answer came, unless it turns out to be done."""

        def work(ports: Ports) -> None:
            now = self._deployment.loop.now
            account = ports.accounts.get(account_id_for(RecordKey.parse(wish.record)))
            assert account, wish
            if (account.override.reason if account.override else None) == wish.reason:
                return
            published, session = ports.published().read(now), Session(Actor(ADMIN.id, frozenset({Role.ADMIN})), now)
            override = None
            if wish.tier is not None and wish.reason is not None:
                until = None if wish.hours is None else moment_text(now + timedelta(hours=wish.hours))
                override = Asked(wish.tier, wish.reason, Until(until, given=True)).override(published, session)
            Overriding(ports.accounts, ports.alerts, ports.directory).put(account, override, published, session)

        def ended(end: Ended) -> None:
            if end.error is None:
                self._under_way -= 1
            else:
                self._deployment.loop.after(AGAIN, partial(self._asked, wish))

        self._deployment.asks(work, ended)

    def passes(self, span: timedelta) -> None:
        self._deployment.loop.run(span)
        for _ in range(TICKS):
            self._deployment.functions["clock"].start(lambda clock: clock.tick(self._deployment.loop.now), _forgotten)
            self._deployment.loop.run(BETWEEN_TICKS)
            self._rests()

    def _rests(self) -> None:
        loop = self._deployment.loop
        latest = loop.now + LONGEST
        while self._under_way or not self._deployment.empty or self._unlucky():
            if loop.now > latest:
                raise NotAtRest(f"{self.name}: not at rest after {LONGEST}")
            loop.run(timedelta(seconds=10))

    def _unlucky(self) -> bool:
        """Whether there are dead letters that met a fault each time that they were alone: they go on their way again,
        as they would once a person has looked.
        """
        poison = [json.dumps(record.external_id) for record in self._poisoned]

        def stays(held: Held) -> bool:
            return held.unlucky < held.failed or any(name in held.body for name in poison)

        dead = [held for queue in self._deployment.queues.values() for held in queue.dead]
        for queue in self._deployment.queues.values():
            queue.redrive(stays)
        return not all(map(stays, dead))

    def end(self) -> End:
        """After the last fault, and what that left."""
        self._deployment.dice.rates = CALM
        self.passes(A_WHILE)
        here, answers = self._deployment, self._answers()
        return End(
            stored=self._stored(),
            mailed=frozenset(sent.tag for sent in here.mail.mails),
            published=frozenset(event.id for event in here.bus.events),
            dead=[(name, held.body) for name, queue in here.queues.items() for held in queue.dead],
            people={user.id: user.email for user in (*USERS, ADMIN)},
            answers=answers,
        )

    @property
    def struck(self) -> Mapping[str, int]:
        return self._deployment.dice.struck

    def _answers(self) -> Mapping[str, int]:
        answers: dict[str, Any] = {}
        for name, (headers, body) in hostile(signing.GENERIC_SECRET, self._deployment.loop.now).items():
            self._deployment.receive("generic", headers, body, partial(answers.__setitem__, name))
        self._deployment.loop.run(timedelta(seconds=10))
        self._rests()
        return answers


def _signed(delivery: str, body: bytes, now: Any) -> Mapping[str, str]:
    return signing.generic_headers(body, now, delivery=delivery)


def _forgotten(end: Ended) -> None:
    """The next tick takes what a lost one left."""
