"""A stack of the faults' own: its clocks go ahead, its messages come again soon, and it stops and starts."""

import json
import os
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from local.home import Home
from local.stack import Options, running
from local.waiting import TooSlow
from local.warm import warm
from shared.accounts.account import Account
from shared.runtime.messages import DecideAccounts, write
from tests.stack.breaker import expect_many_demotions
from tests.stack.customers import hire, point_at_sandbox
from tests.stack.deployed import Deployed
from tests.stack.invariants import read, unsettled, violations
from tests.stack.storm import Storm
from tests.stack.striking import Injector

SEEN_AGAIN = 4
"""Seconds after which a message that a worker took and did not finish is handed out again; on AWS six minutes."""
ALONE_AGAIN = 2
"""The same on the isolation queues, where a message is by itself."""
HANGING = ("webhook", "ingest", "tier_trigger", "notify")
TIME_OUT = 4
"""Seconds that these may take; a batch that nothing keeps from its end takes less."""
AT_ONCE = 2
"""Batches of a queue: a small machine starts no more workers in time."""
STORMS = 5
SECONDS = 90.0
"""How long coming to rest may take: messages that failed come again one by one."""
UNANSWERED = timedelta(minutes=11)
"""After that a mail of which nobody heard is sent again."""
REST = timedelta(minutes=4)
"""Of the quarter of an hour in which everything settles."""
A_DAY = timedelta(days=1)


class Town:
    """`deployed` is what runs at the moment."""

    deployed: Deployed

    def __init__(self, folder: Path, storm: Storm) -> None:
        self.home = Home(folder / "stack")
        self.storm = storm
        self.injector: Injector = storm.injector
        self._runs = ExitStack()
        self._confirmed = 0
        """How many of the mails the provider has told of."""

    def start(self) -> None:
        enforce_iam = os.environ.get("AUTH") == "true"
        environment = self.injector.environment()
        options = Options(enforce_iam=enforce_iam, default_ports=False, environment=environment)
        self.deployed = Deployed(self._runs.enter_context(running(self.home, options)))

    def stop(self) -> None:
        self._runs.close()

    def settle_in(self) -> None:
        """Once: what is set up stays over restarts."""
        hire(self.deployed)
        point_at_sandbox(self.deployed)
        expect_many_demotions(self.deployed)
        self._hasten()
        warm(self.deployed.running)
        self.storm.found(self.deployed)

    def _hasten(self) -> None:
        """On their usual time-outs a test would wait for minutes."""
        sqs, functions = self.deployed.running.clients("sqs"), self.deployed.running.clients("lambda")
        for function in HANGING:
            name = self.deployed.running.emulated.functions[function]
            functions.update_function_configuration(FunctionName=name, Timeout=TIME_OUT)
        for name in self.deployed.waiting():
            seconds = ALONE_AGAIN if name.endswith("-isolation") else SEEN_AGAIN
            sqs.set_queue_attributes(QueueUrl=self.deployed.queue(name), Attributes={"VisibilityTimeout": str(seconds)})
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            if ":sqs:" in mapping["EventSourceArn"]:
                functions.update_event_source_mapping(
                    UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": AT_ONCE}
                )

    def storms_until_struck(self, functions: AbstractSet[str]) -> None:
        """What strikes by chance, or at a later call, may pass a function by in one storm."""
        seed = self.injector.orders.seed
        for _ in range(STORMS):
            self.storm.rage(self.deployed)
            self.tick()
            self.deployed.wait(
                "every function to be struck, or rest",
                lambda: self._spared(seed, functions) == set() or not any(self.deployed.waiting().values()),
                seconds=SECONDS,
            )
            if not self._spared(seed, functions):
                return
        raise AssertionError(f"{STORMS} storms spared {self._spared(seed, functions)}")

    def _spared(self, seed: str, functions: AbstractSet[str]) -> AbstractSet[str]:
        return functions - self.injector.struck(seed).keys()

    def tick(self) -> None:
        """What the schedule does every minute."""
        functions = self.deployed.running.emulated.functions
        self.deployed.running.clients("lambda").invoke(FunctionName=functions["clock"])

    def send(self, queue: str, body: str) -> None:
        self.deployed.running.clients("sqs").send_message(
            QueueUrl=self.deployed.queue(f"local-{queue}"), MessageBody=body
        )

    def comes_to_rest(self, *poison: str) -> None:
        """Waits for what the deliveries lead to, then for all that waits for its time; all invariants hold then, and
        nothing changes where everything is decided anew.
        """
        taken = self.storm.taken
        self._until_settled(poison)
        self._confirm_mails()
        for span in (UNANSWERED, REST):
            self._pass(span, poison)
        hold(violations(read(self.deployed, self.injector), taken, poison))
        self._pass(A_DAY, poison)
        before = read(self.deployed, self.injector)
        hold(violations(before, taken, poison, digests_too=True))
        if not poison:
            self.send("decide", write(DecideAccounts(tuple(before.accounts), "data")).body)
            self._until_settled(poison)
            again = read(self.deployed, self.injector).accounts
            hold(
                [
                    f"2: {name} was decided anew as {again[name]}"
                    for name, was in before.accounts.items()
                    if again[name] != was
                ]
            )

    def _pass(self, span: timedelta, poison: Sequence[str]) -> None:
        self.injector.let_pass(span)
        self.tick()
        self._until_settled(poison)
        self._confirm_mails()

    def _until_settled(self, poison: Sequence[str]) -> None:
        """Raises AssertionError, which names what is still open."""

        def settled() -> bool:
            if any(self.deployed.waiting().values()):
                return False  # so the tables are not read all the time that workers need
            return not unsettled(read(self.deployed, self.injector), self.storm.taken, poison)

        try:
            self.deployed.wait("rest", settled, seconds=SECONDS)
        except TooSlow as error:
            hold([str(error), *unsettled(read(self.deployed, self.injector), self.storm.taken, poison)])

    def _confirm_mails(self) -> None:
        """In the place of the provider, whose events the emulator does not send."""
        mails = self.injector.told("mail")
        for mail in mails[self._confirmed :]:
            told = {"messageId": mail["id"], "tags": {"notice": [mail["claim"]]}}
            self.send("notify", json.dumps({"detail-type": "Email Sent", "detail": {"mail": told}}))
        self._confirmed = len(mails)
        self.deployed.quiet(seconds=SECONDS)

    def account(self, record: str) -> Account:
        account = read(self.deployed, self.injector).account(f"generic:{record}")
        assert account, record
        return account

    def redrive(self, queue: str) -> int:
        """Moves each dead letter back to where it came from; how many there were."""
        sqs, dead = self.deployed.running.clients("sqs"), self.deployed.queue(f"local-{queue}-dead")
        moved = 0
        while messages := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.send(queue, message["Body"])
                sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        return moved


def hold(broken: Sequence[str]) -> None:
    """Raises AssertionError, which names what is broken."""
    assert not broken, "\n".join(broken)
