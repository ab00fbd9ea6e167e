"""A data accident: for a day a source says zero, null or nothing of everybody, while everything else fails too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from functions.api.service.breaking import Breaking
from shared.accounts.identity import RecordKey
from shared.tiers.breaker import Resolution
from tests.simulation.customers import ADMINS, CSMS
from tests.simulation.deployment import Deployment
from tests.simulation.faults import CALM, Rates
from tests.simulation.people import Crowd
from tests.simulation.senders import Delivery, Said, Senders
from tests.simulation.stage import stage

ACCIDENTS: Mapping[str, Mapping[str, Any]] = {"zero": {"mrr": "0.00"}, "null": {"mrr": None}, "nothing": {}}
GOOD = {"mrr": "1200.00"}
WELL, REPAIRED = 1, 1_000
"""Versions of the records before the accident and after it."""
SAID_AGAIN = 12
"""Times that the source says it, in the course of the day."""
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Outcome:
    accounts: int
    demoted: int
    """At the end of the day, before the repair."""
    mails: Mapping[str, int]
    """To each admin, of the breaker."""
    moved: int
    """After the repair, and once a person has looked."""
    faults: int


class Accident:
    """Everybody in the first tier, by a source that then errs."""

    def __init__(self, seed: str, accounts: int, rates: Rates) -> None:
        self.names = [f"c-{number:05}" for number in range(accounts)]
        self.deployment = Deployment(seed, rates, users=CSMS, admins=ADMINS)
        self.senders = Senders(self.deployment, [], Random(f"{seed}/senders"))
        self.crowd = Crowd(self.deployment, [], Random(f"{seed}/people"))

    def say(self, version: int, fields: Mapping[str, Any], *, within: float = 20) -> None:
        for name in self.names:
            data = {"external_id": name, "version": version, "fields": fields}
            body = json.dumps({"type": "account.updated", "timestamp": "2026-03-28T05:00:00Z", "data": data}).encode()
            delivery = Delivery("generic", body, Said(version, fields), f"generic:{name}")
            self.deployment.loop.after(within * self.senders.random.random(), partial(self.senders.send, delivery))

    def below(self) -> int:
        """Accounts that are not in the first tier, or are not there."""
        return sum(self._tier(name) != "tier-1" for name in self.names)

    def _tier(self, name: str) -> str | None:
        link = self.deployment.accounts.linked.get(RecordKey.parse(f"generic:{name}"))
        return self.deployment.accounts.accounts[link.account_id].standing.tier if link else None

    def mails(self) -> dict[str, int]:
        held = [sent for sent in self.deployment.mail.mails if sent.mail.subject.startswith("Demotions are held")]
        confirmed = [sent.mail.to for sent in held if sent.tag not in self.deployment.mail.unconfirmed]
        return {admin.email: confirmed.count(admin.email) for admin in ADMINS}

    def discarded(self) -> None:
        """A person has looked, and the data are repaired."""
        configuration = self.crowd.configuration
        self.crowd.asks(
            lambda ports: Breaking(configuration(ports), self.crowd.retier(ports)).resolve(
                edition := configuration(ports).read(),
                edition.published.trip.id if edition.published.trip else "",
                Resolution.DISCARDED,
                self.crowd.session(),
            ),
            self.discarded,
        )


def accident(kind: str, seed: str, accounts: int = 200, rates: Rates | None = None) -> Outcome:
    with stage():
        here = Accident(seed, accounts, rates or Rates())
        loop = here.deployment.loop
        here.deployment.tick()
        here.say(WELL, GOOD)
        loop.run(timedelta(hours=3))
        for number in range(SAID_AGAIN):
            here.say(WELL + 1 + number, ACCIDENTS[kind])
            loop.run(DAY / SAID_AGAIN)
        demoted = here.below()
        here.say(REPAIRED, GOOD)
        loop.run(timedelta(hours=5))
        here.deployment.dice.rates = CALM
        if here.deployment.documents.breaker_is_open:
            here.discarded()
        loop.run(timedelta(hours=2))
        return Outcome(accounts, demoted, here.mails(), here.below(), here.deployment.dice.struck.total())
