"""What the stack tests do to the deployed system and see of it, from outside."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import urllib3

from local.api import Api, Reply
from local.stack import Running
from local.users import login
from local.waiting import wait_for
from local.webhooks import signed_headers

SECONDS = 180.0
"""How long anything may take: generous, since a test's figure is what happened and not how fast."""
_MOST_MESSAGES = 10
"""That a queue hands out at once."""
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class Deployed:
    """`running.stack` has addresses, secrets and users; `running.clients("sqs")` is a boto3 client of the emulator."""

    running: Running
    _apis: dict[str, Api] = field(default_factory=dict)

    def api(self, user: str = "admin") -> Api:
        """Logged in once: the emulator takes a tenth of a second for a password."""
        if user not in self._apis:
            self._apis[user] = Api(self.running.stack.api_url, login(self.running.stack, user))
        return self._apis[user]

    def deliver(
        self,
        data: object,
        *,
        delivery_id: str | None = None,
        kind: str = "account.updated",
        at: datetime | None = None,
    ) -> Reply:
        """A signed webhook of the generic source, stamped now, or `at` that moment."""
        now = at or datetime.now(UTC)
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}).encode()
        secret = self.running.stack.webhook_secrets["generic"]
        headers = signed_headers(secret, body, delivery_id=delivery_id or f"msg_{uuid4().hex}", at=now)
        return self.post("generic", body, headers)

    def post(self, source: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Any delivery, as it is; its refusals too are replies."""
        answer = urllib3.request("POST", f"{self.running.stack.webhook_url}/{source}", body=body, headers=dict(headers))
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.data)

    def get(self, url: str) -> Reply:
        """Any page, by nobody in particular."""
        answer = urllib3.request("GET", url, redirect=False)
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.data)

    def mails(self) -> Sequence[Mapping[str, Any]]:
        """What the mailbox shows, newest first: `id`, `from`, `to`, `subject`, `sent_at`, `text`, `html`."""
        messages: list[dict[str, Any]] = urllib3.request(
            "GET", f"{self.running.stack.mailbox_url}/messages.json"
        ).json()["messages"]
        return messages

    def wait[T](self, what: str, look: Callable[[], T | None], *, seconds: float = SECONDS) -> T:
        return wait_for(what, look, seconds=seconds)

    def quiet(self, *, seconds: float = SECONDS) -> None:
        """Returns once no queue but the dead-letter ones holds a message. A stream's records don't show: wait for what
        they lead to first.
        """
        self.wait("empty queues", lambda: not any(self.waiting().values()), seconds=seconds)

    def waiting(self) -> Mapping[str, int]:
        """The messages on each working queue, whether visible, in flight or delayed."""
        return {name: count for name, count in self._counts().items() if not name.endswith("-dead")}

    def dead(self) -> Mapping[str, int]:
        """The messages on each dead-letter queue."""
        return {name: count for name, count in self._counts().items() if name.endswith("-dead")}

    def dead_letters(self) -> Sequence[str]:
        """The bodies of the messages in dead-letter queues: ten of each, and in a line how many more there are."""
        bodies: list[str] = []
        for name, number in self.dead().items():
            asked = {"MaxNumberOfMessages": _MOST_MESSAGES, "VisibilityTimeout": 0}
            shown = self.running.clients("sqs").receive_message(QueueUrl=self.queue(name), **asked) if number else {}
            found = [message["Body"] for message in shown.get("Messages", ())]
            bodies += [*found, f"{number - len(found)} more on {name}"] if len(found) < number else found
        return bodies

    def queue(self, name: str) -> str:
        """The address of the queue whose name ends so."""
        return next(url for url in self.running.emulated.queues if url.endswith(name))

    def logs(self) -> Mapping[str, Sequence[str]]:
        """Each log group's lines so far, its functions' own and the platform's, by the group's name."""
        client = self.running.clients("logs")
        groups = client.get_paginator("describe_log_groups").paginate().build_full_result()["logGroups"]
        found = {}
        for group in groups:
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            found[group["logGroupName"]] = [event["message"] for page in pages for event in page["events"]]
        return found

    def _counts(self) -> Mapping[str, int]:
        sqs = self.running.clients("sqs")
        return {
            url.rpartition("/")[2]: sum(
                int(value)
                for value in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"].values()
            )
            for url in self.running.emulated.queues
        }
