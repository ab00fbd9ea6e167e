"""A stack of a test's own: its clocks go ahead, its messages come again soon, and it stops and starts."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from local.home import Home
from local.stack import Options, running
from tests.stack.deployed import Deployed
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
SECONDS = 300.0
"""How long coming to rest may take: messages that failed come again one by one."""


class OwnStack:
    """`deployed` is what runs at the moment."""

    deployed: Deployed

    def __init__(self, folder: Path, injector: Injector) -> None:
        self.home = Home(folder / "stack")
        self.injector = injector
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

    def discard(self) -> None:
        """Ends at once: nothing of it need be saved."""
        for child in self.deployed.running.children:
            child.stop(grace_seconds=0)
        self.stop()

    def hasten(self) -> None:
        """Once: it stays over restarts. On their usual time-outs a test would wait for minutes."""
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

    def tick(self) -> None:
        """What the schedule does every minute."""
        functions = self.deployed.running.emulated.functions
        self.deployed.running.clients("lambda").invoke(FunctionName=functions["clock"])

    def send(self, queue: str, body: str) -> None:
        self.deployed.running.clients("sqs").send_message(
            QueueUrl=self.deployed.queue(f"local-{queue}"), MessageBody=body
        )

    def confirm_mails(self) -> None:
        """In the place of the provider, whose events the emulator does not send."""
        mails = self.injector.told("mail")
        for mail in mails[self._confirmed :]:
            told = {"messageId": mail["id"], "tags": {"notice": [mail["claim"]]}}
            self.send("notify", json.dumps({"detail-type": "Email Sent", "detail": {"mail": told}}))
        self._confirmed = len(mails)
        self.deployed.quiet(seconds=SECONDS)

    def redrive(self, queue: str, wanted: Callable[[str], bool] = lambda _: True) -> int:
        """Moves each dead letter whose body is `wanted` back to where it came from; how many there were."""
        sqs, dead = self.deployed.running.clients("sqs"), self.deployed.queue(f"local-{queue}-dead")
        letters = [letter for letter in self.dead(queue) if wanted(letter["Body"])]
        for letter in letters:
            self.send(queue, letter["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
        return len(letters)

    def dead(self, queue: str) -> Sequence[Mapping[str, str]]:
        """All dead letters, each with its `Body` and `ReceiptHandle`; they stay there, to be seen again at once."""
        sqs, dead = self.deployed.running.clients("sqs"), self.deployed.queue(f"local-{queue}-dead")
        letters: list[Mapping[str, str]] = []
        while found := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages"):
            letters += found
        for letter in letters:
            sqs.change_message_visibility(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"], VisibilityTimeout=0)
        return letters
