"""The deployed system on this machine: signed webhooks to its address, and what its tables, queues and mailbox have."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import urllib3

from local.waiting import TooSlow
from local.warm import warm
from local.webhooks import signed_headers
from shared.accounts.identity import RecordKey, account_id_for
from shared.accounts.values import moment_text
from tests.stack.breaker import expect_many_demotions
from tests.stack.customers import hire, point_at_sandbox
from tests.stack.injector.faults import AFTER, BEFORE, Fault, Kind
from tests.stack.invariants import TABLES
from tests.stack.own import OwnStack
from tests.stack.striking import Injector
from tests.support.signing import recurly_headers
from tests.support.stored import Stored, scanned
from tests.worlds.comparing import missed
from tests.worlds.hostile import hostile
from tests.worlds.oracle import Oracle
from tests.worlds.scenario import Delivery, Poison, Scenario, Wave, Wish
from tests.worlds.state import End, state_of
from tests.worlds.vendors import SandboxBilling
from tests.worlds.world import NotAtRest, founders

SENDERS = 4
QUEUES = ("hints", "decide", "announce", "evaluate-alerts", "notify", "syncs")
WORKERS = ("webhook", "ingest", "tier_trigger", "announce", "alerts", "notify")
WRITES = ("dynamodb.PutItem", "dynamodb.TransactWriteItems", "sqs.SendMessageBatch")
THROTTLED, UNANSWERED = 3, 1
"""Percent of their calls."""
FIRST_CALLS = 20
"""Among so many of a wave, one is a worker's last."""
SECONDS = 120.0
"""How long coming to rest may take: what is poison comes again one by one."""
STRIKES = {Poison.RAISES: Kind.RAISE, Poison.DIES: Kind.CRASH}
SHOWN = 20
"""Of what is still open where it does not come to rest."""


class LocalStack:
    """World. A record in a stream shows nowhere, so whether all is at rest is told by what must come of it."""

    name = "local stack"

    def __init__(self, scenario: Scenario, stack: OwnStack) -> None:
        self._scenario, self._stack, self._deployed = scenario, stack, stack.deployed
        self._expected = Oracle(scenario)
        self._billing = SandboxBilling(self._deployed.running.stack.sandboxes["recurly"].url)
        self._people = _people(stack)
        self._random = Random(f"{scenario.seed}/{self.name}")
        self._dies = {name: self._random.randint(1, len(scenario.waves)) for name in WORKERS}
        """In which wave each worker does, once: to start another is what takes most time."""
        self._waves = 0
        self._http = urllib3.PoolManager(maxsize=SENDERS, retries=False)

    def plays(self, wave: Wave, progress: Callable[[int], None]) -> None:
        for billed, mrr in wave.charges.items():
            self._billing.charge(billed, mrr)
        for trouble in wave.troubles:
            self._billing.trouble(trouble)
        self._waves += 1
        poison = [Fault(STRIKES[how], "ingest", mentions=json.dumps(name)) for name, how in wave.poison.items()]
        faults = self._stack.injector.striking(f"wave-{self._waves}", *poison, *self._weather())
        with faults, ThreadPoolExecutor(SENDERS) as senders:
            for _ in senders.map(self._sent, wave.deliveries):
                progress(1)
            self._expected.plays(wave)
            self._rests()
        self._billing.heal()

    def _weather(self) -> Iterator[Fault]:
        """As in the simulator's loop: calls that are throttled or get no answer, and workers that die."""
        for name in WORKERS:
            yield Fault(Kind.THROTTLE, name, ("dynamodb.", "sqs."), percent=THROTTLED)
            yield Fault(Kind.LOSE, name, WRITES, percent=UNANSWERED, when=AFTER)
            if self._dies[name] == self._waves:
                when = self._random.choice((BEFORE, AFTER))
                yield Fault(Kind.CRASH, name, at=(self._random.randint(1, FIRST_CALLS),), when=when)

    def _sent(self, delivery: Delivery) -> None:
        """Again until it is taken."""

        def taken() -> bool:
            try:
                return self._answer(delivery) == 200
            except urllib3.exceptions.HTTPError:
                return False

        self._deployed.wait(f"a 200 for {delivery}", taken)

    def _answer(self, delivery: Delivery) -> int:
        now, secrets = self._stack.injector.now, self._deployed.running.stack.webhook_secrets
        body = delivery.body(now)
        if delivery.source == "recurly":
            return self._post("recurly", recurly_headers(body, now, secrets["recurly"]), body)
        return self._post("generic", signed_headers(secrets["generic"], body, delivery_id=delivery.id, at=now), body)

    def _post(self, source: str, headers: Mapping[str, str], body: bytes) -> int:
        url = f"{self._deployed.running.stack.webhook_url}/{source}"
        return self._http.request("POST", url, body=body, headers=dict(headers)).status

    def repairs(self, records: Sequence[str]) -> None:
        names = [json.dumps(record.partition(":")[2]) for record in records]
        for queue in QUEUES:
            self._stack.redrive(queue, lambda body: any(name in body for name in names))
        self._expected.repairs(records)
        self._rests()

    def wishes(self, wishes: Sequence[Wish]) -> None:
        admin = self._deployed.api()
        for wish in wishes:
            path = f"/v1/accounts/{account_id_for(RecordKey.parse(wish.record))}/tier"
            if wish.tier is None:
                admin.call("DELETE", path, headers={"if-match": "*"})
                continue
            until = wish.hours and moment_text(self._stack.injector.now + timedelta(hours=wish.hours))
            body = {"tier": wish.tier, "reason": wish.reason, "expires_at": until}
            admin.call("PUT", path, body, headers={"if-match": "*"})
        self._expected.wishes(wishes)
        self._rests()

    def passes(self, span: timedelta) -> None:
        self._stack.injector.let_pass(span)
        self._stack.tick()
        self._expected.passes(span)
        self._rests()
        self._stack.confirm_mails()

    def _rests(self) -> None:
        """Raises NotAtRest."""

        def rests() -> bool:
            if any(self._deployed.waiting().values()):
                return False  # so the tables are not read all the time that workers need
            return not self._open()

        try:
            self._deployed.wait("rest", rests, seconds=SECONDS)
        except TooSlow as error:
            left = "\n".join(self._open()[:SHOWN])
            raise NotAtRest(f"{self.name}: {error}: {self._deployed.waiting()}\n{left}") from error

    def _open(self) -> Sequence[str]:
        end = self._left({})
        pending = [f"{notice.id} is pending" for notice in end.stored.notices if notice.state == "pending"]
        state = state_of(end, founders(self._scenario))
        return [*pending, *map(str, missed(self._expected.state(told=False), self.name, state))]

    def end(self) -> End:
        secret = self._deployed.running.stack.webhook_secrets["generic"]
        refused = hostile(secret, self._stack.injector.now)
        answers = {name: self._post("generic", headers, body) for name, (headers, body) in refused.items()}
        self._rests()
        return self._left(answers)

    @property
    def struck(self) -> Mapping[str, int]:
        return Counter(said["kind"] for said in self._stack.injector.told("struck"))

    def _left(self, answers: Mapping[str, int]) -> End:
        told = self._stack.injector.told
        return End(
            stored=self._stored(),
            mailed=frozenset(said["claim"] for said in told("mail")),
            published=frozenset(said["id"] for said in told("event")),
            dead=[(queue, letter["Body"]) for queue in QUEUES for letter in self._stack.dead(queue)],
            people=self._people,
            answers=answers,
        )

    def _stored(self) -> Stored:
        return scanned(self._deployed.running.clients("dynamodb"), lambda table: f"{TABLES}{table}")


@contextmanager
def local_stack(scenario: Scenario, folder: Path) -> Iterator[LocalStack]:
    """`folder`: empty."""
    stack = OwnStack(folder, Injector(folder / "orders.json"))
    stack.start()
    try:
        hire(stack.deployed)
        point_at_sandbox(stack.deployed)
        expect_many_demotions(stack.deployed)
        stack.hasten()
        warm(stack.deployed.running)
        yield LocalStack(scenario, stack)
    finally:
        stack.discard()


def _people(stack: OwnStack) -> Mapping[str, str]:
    running = stack.deployed.running
    pages = running.clients("cognito-idp").get_paginator("list_users").paginate(UserPoolId=running.emulated.user_pool)
    users = [{one["Name"]: one["Value"] for one in user["Attributes"]} for page in pages for user in page["Users"]]
    return {user["sub"]: user["email"] for user in users}
