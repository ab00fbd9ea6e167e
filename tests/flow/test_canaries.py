"""Nothing that strangers, customers, vendors or users write is in any function's log, whatever goes wrong with it.

More than fifty words are planted: in bodies, headers, addresses, secrets, answers, errors and messages. Each function's
own handler runs, and its log is whatever any logger at any level and both standard streams get meanwhile.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from functions.alerts.handler import handle as alerts
from functions.announce.handler import handle as announce
from functions.crm_sync.handler import handle as crm_sync
from functions.ingest.handler import handle as ingest
from functions.notify.handler import handle as notify
from functions.tier_trigger.handler import handle as tier_trigger
from functions.webhook.handler import handle as webhook
from shared.access.people import User, UserId
from shared.accounts.store import AccountMoved
from shared.alerts.store import SendFailed, SendRefused
from shared.connectors.ports import VendorUnavailable
from shared.connectors.recurly.client import Recurly
from shared.connectors.transport import Answer, Host
from shared.memory.accounts import MemoryAccounts
from shared.memory.directory import MemoryDirectory
from shared.memory.secrets import MemorySecrets
from shared.runtime.failures import Permanent
from shared.runtime.messages import SendNotices, SyncSource, write
from tests.support import signing, workers
from tests.support.builders import NOW
from tests.support.canaries import Broken, Canaries, Planted
from tests.support.world import World

LATER = NOW + timedelta(minutes=1)
FIFTY = 50


PLACES = re.compile(r"(?:words|canaries)(?:\.address\(|\[)[\"']([^\"']+)")


def test_there_are_fifty_of_them() -> None:
    assert len({*PLACES.findall(Path(__file__).read_text(encoding="utf-8"))}) >= FIFTY


class Answering(Host):
    """A vendor that answers whatever it was told to, or fails."""

    def __init__(self, answer: Answer | Exception) -> None:
        super().__init__("https://v3.recurly.com")
        self.answer = answer

    def ask(self, method: str, reference: str, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002 - the base's
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def planted() -> Planted:
    return Planted()


def _http(source: str, headers: Mapping[str, str], body: bytes, words: Canaries) -> dict[str, Any]:
    sent = {
        "authorization": f"Bearer {words['an Authorization header']}",
        "cookie": words["a cookie"],
        "user-agent": words["a browser's name"],
        "x-forwarded-for": words["a forwarder's header"],
        words["a header's name"]: "x",
        **headers,
    }
    query = {"rawQueryString": words["a query"], "queryStringParameters": {"q": words["a query's value"]}}
    at = {"http": {"sourceIp": words["a sender's address"], "path": words["a path"]}}
    parameters = {"source": source}
    return {
        "headers": sent,
        "body": body.decode("latin-1"),
        "pathParameters": parameters,
        **query,
        "requestContext": at,
    }


def _record(words: Canaries) -> dict[str, Any]:
    return {
        "external_id": words["an external id"],
        "external_ids": {"recurly": words["another source's id"]},
        "version": 1,
        "name": words["a name beside the fields"],
        "fields": {
            "name": words["an account's name"],
            "owner": words.address("an owner's address"),
            "plan": words["a plan"],
            "mrr": words["an amount that is none"],
            "seats": 3,
            words["a property's name"]: words["a property's value"],
            "renewal_date": words["a date that is none"],
        },
    }


def _messages(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": f"m-{place}", "body": body} for place, body in enumerate(bodies)
        ]
    }


def _stream(image: Mapping[str, object], key: str) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {"Keys": {"id": {"S": key}}, "NewImage": image}}]}


def test_webhooks_tell_nothing_of_what_is_sent(planted: Planted) -> None:
    words, world = planted.words, World()
    world.secrets.values["webhook/generic"] = [signing.GENERIC_SECRET]
    document = {"type": words["an event's type"], "timestamp": NOW.isoformat(), "data": _record(words)}
    good = json.dumps(document).encode()
    bad = json.dumps({words["a key"]: 1})[:-1].encode() + f', "{words["a key"]}": 2}}'.encode()
    for body in (good, bad, words["a body that is no JSON"].encode(), b"x" * 300_000):
        proven = signing.generic_headers(body, NOW, delivery=words["a delivery's id"])
        stranger = {**proven, "webhook-signature": f"v1,{words['a signature']}"}
        for source, headers in (("generic", proven), ("generic", stranger), (words["a source's name"], proven)):
            event = _http(source, headers, body, words)
            planted.run("webhook", lambda event=event: webhook(event, world.receiver, NOW, "request", level="DEBUG"))  # type: ignore[misc]

    assert planted.found() == {}
    assert '"webhook queued"' in planted.logs["webhook"]
    assert '"webhook malformed"' in planted.logs["webhook"]


def test_a_webhook_whose_parts_fail_tells_nothing_either(planted: Planted) -> None:
    words, world = planted.words, World()
    body = json.dumps({"data": _record(words)}).encode()
    event = _http("generic", signing.generic_headers(body, NOW), body, words)
    ports = world._ports()
    for broken in (
        replace(ports, secrets=Broken(KeyError(words["a fault of the secrets"]))),
        replace(ports, hints=Broken(RuntimeError(words["a fault of the queue"]))),
    ):
        planted.run("webhook", lambda ports=broken: webhook(event, workers.receiver(ports), NOW))  # type: ignore[misc]

    assert planted.found() == {}
    assert "webhook unavailable" in planted.logs["webhook"]


@pytest.mark.parametrize(
    "error",
    [AccountMoved(), RuntimeError("{}"), Permanent("commit: ValidationException"), None],
    ids=lambda error: type(error).__name__,
)
def test_ingest_tells_nothing_of_records_whatever_becomes_of_them(error: Exception | None, planted: Planted) -> None:
    words, world = planted.words, World()
    assert world.send_generic(_record(words)) == 200
    assert world.send_generic({**_record(words), "fields": {"owner": words.address("a later owner's address")}}) == 200
    bodies = [message.body for message in world.hints.take()]
    poison = [words["a poisoned message"], json.dumps({words["a poisoned key"]: 1})]
    ports = world._ports()
    if error is not None:
        if isinstance(error, RuntimeError):
            error = RuntimeError(words["a fault of the store"])
        ports = replace(ports, accounts=_failing_to_commit(world.accounts, error))

    planted.run("ingest", lambda: ingest(_messages(*bodies, *poison), workers.ingest(ports), NOW))

    assert planted.found() == {}
    assert "failed" in planted.logs["ingest"]


def _failing_to_commit(accounts: MemoryAccounts, error: Exception) -> Any:
    failing = Broken(error)

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return getattr(failing if name == "commit" else accounts, name)

    return Failing()


ANSWERS: Mapping[str, Callable[[Canaries], Answer | Exception]] = {
    "an account": lambda words: Answer(
        200,
        {"x-request-id": words["a vendor's header"]},
        json.dumps(
            {"id": "a", "code": words["an account's code"], "email": words.address("a customer's address")}
        ).encode(),
    ),
    "no JSON": lambda words: Answer(200, {}, words["an answer that is no JSON"].encode()),
    "a refusal": lambda words: Answer(
        401, {}, json.dumps({"error": {"type": "unauthorized", "message": words["a vendor's message"]}}).encode()
    ),
    "a refusal of an odd type": lambda words: Answer(
        422,
        {},
        json.dumps(
            {"error": {"type": words["a vendor's type"] + " of its own", "params": words["a parameter"]}}
        ).encode(),
    ),
    "a failure": lambda words: Answer(500, {}, words["a vendor's failure"].encode()),
    "nothing of that id": lambda words: Answer(404, {}, words["a vendor's page of nothing"].encode()),
    "no answer": lambda words: VendorUnavailable("v3.recurly.com did not answer: ReadTimeoutError"),  # noqa: ARG005
    "a fault of ours": lambda words: ValueError(words["a fault over an answer"]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_ingest_and_syncs_tell_nothing_of_what_a_vendor_answers(name: str, planted: Planted) -> None:
    words, world = planted.words, World()
    world.secrets = MemorySecrets({**world.secrets.values, "api/recurly": [words["an API key"]]})
    world._connect = lambda key, base_url: Recurly(Answering(ANSWERS[name](words)), key)  # type: ignore[method-assign]  # noqa: ARG005 - the name is the base's
    world._start_workers()
    assert world.send_recurly("subscription", "sub1", account_code=words["a code in a webhook"]) == 200
    bodies = [message.body for message in world.hints.take()]
    planted.run("ingest", lambda: ingest(_messages(*bodies), world.ingest, NOW))

    world.configure("source:recurly", {"sync_minutes": 5})
    sync = workers.sync(world._ports())
    tick = _messages(write(SyncSource(None, None)).body, words["a poisoned message"])
    planted.run("crm_sync", lambda: crm_sync(tick, sync, until=NOW + timedelta(minutes=5)))

    assert planted.found() == {}
    assert planted.logs["crm_sync"]


def _told(world: World, words: Canaries) -> None:
    """A downgrade that its CSM is to be told of, the whole way from two webhooks to the outbox."""
    owner = User(UserId("u-owner"), words.address("a user's address"), words["a user's name"])
    world.directory = MemoryDirectory([owner], admins=[replace(owner, id=UserId("u-admin"))])
    world.configure("settings", {"fallback_recipients": [words.address("a fallback recipient")]})
    world._start_workers()
    for version, mrr in enumerate(("1200.00", "600.00"), start=1):
        fields = {"name": words["a customer's name"], "owner": owner.email, "mrr": mrr}
        world.send_generic({"external_id": words["a customer's id"], "version": version, "fields": fields})
        if version == 1:
            world.settle()


MAIL_FAULTS: Mapping[str, Callable[[Canaries], Exception]] = {
    "refused": lambda words: SendRefused("send mail: MessageRejected"),  # noqa: ARG005
    "failed": lambda words: SendFailed("send mail: TooManyRequestsException"),  # noqa: ARG005
    "a fault of ours": lambda words: RuntimeError(words["a fault over a mail"]),
}


@pytest.mark.parametrize("fault", [None, *MAIL_FAULTS])
def test_the_flow_to_the_mail_tells_nothing_of_whom_it_is_about_or_for(fault: str | None, planted: Planted) -> None:
    words, world = planted.words, World()
    world.secrets.values["why"] = [words["the key of links"]]
    if fault is not None:
        world.mail.fail_with += [MAIL_FAULTS[fault](words)] * 3
        world.topic.fail_with += [MAIL_FAULTS[fault](words)] * 3
    _told(world, words)
    ports = world._ports()
    bodies = [message.body for message in world.hints.take()]
    planted.run("ingest", lambda: ingest(_messages(*bodies), world.ingest, NOW))
    [found] = world.accounts.accounts.values()
    planted.run("tier_trigger", lambda: tier_trigger(_stream({}, found.id), world.walk, world.bulk, until=LATER))
    planted.run(
        "alerts",
        lambda: alerts(_stream({words["an image"]: {"S": words["an image's value"]}}, found.id), world.alerting),
    )
    for notice in world.alerts.inserted:
        image = {"id": {"S": notice.id}, "recipient": {"S": words["a recipient"]}}
        planted.run("notify", lambda image=image: notify(_stream(image, notice.id), world.notifier))  # type: ignore[misc]  # noqa: B023 - run at once
    if fault is None:
        [(mail, _)] = world.mail.sent
        words["a signed link"] = mail.text.partition("/why/")[2].split()[0]
    planted.run("notify", lambda: notify(_messages(write(SendNotices(("n-1",))).body), workers.notifier(ports)))

    assert planted.found() == {}
    assert {name for name, text in planted.logs.items() if text} >= {"ingest", "tier_trigger", "alerts", "notify"}


def test_poisoned_messages_and_records_are_told_of_without_what_is_in_them(planted: Planted) -> None:
    words, world = planted.words, World()
    ses = {
        "detail-type": "Email Bounced",
        "detail": {
            "mail": {"tags": {"notice": [7]}, "destination": [words.address("a bounced address")]},
            "bounce": {"bouncedRecipients": [{"diagnosticCode": words["a diagnostic"]}], "bounceType": {}},
        },
    }
    bodies = [
        words["a message"],
        json.dumps([words["a list"]]),
        json.dumps({"kind": words["a message's kind"]}),
        json.dumps({"kind": "SendNotices", "notice_ids": {words["an odd id"]: 1}}),
        json.dumps({"kind": "DecideAccounts", "account_ids": words["no ids"], "cause": words["a cause"]}),
        json.dumps(ses),
    ]
    image = {"pk": {"S": words["a key"]}, "body": {"S": words["an image that is no JSON"]}, "version": {"N": "x"}}
    clocked = World()
    for name, handle, service in (
        ("tier_trigger", partial(tier_trigger, bulk=world.bulk), world.walk),
        ("alerts", alerts, world.alerting),
        ("notify", notify, world.notifier),
        ("announce", announce, world.announcer),
    ):
        planted.run(name, lambda handle=handle, service=service: handle(_messages(*bodies), service))  # type: ignore[misc]
        stream = {
            "Records": [{"eventSource": "aws:dynamodb", "dynamodb": {"Keys": {"id": {"S": "a"}}, "NewImage": image}}]
        }
        planted.run(name, lambda handle=handle, service=service, stream=stream: handle(stream, service))  # type: ignore[misc]
    planted.run("ingest", lambda: ingest(_messages(*bodies), world.ingest, NOW))
    planted.run("crm_sync", lambda: crm_sync(_messages(*bodies), workers.sync(world._ports()), until=NOW))
    planted.run("clock", lambda: clocked.clock.tick(NOW))

    assert planted.found() == {}
    assert all(planted.logs[name] for name in ("tier_trigger", "alerts", "notify", "announce", "ingest", "crm_sync"))


def test_a_store_that_fails_with_what_it_was_given_is_told_of_by_its_kind(planted: Planted) -> None:
    words, world = planted.words, World()
    _told(world, words)
    world.settle()
    [found] = world.accounts.accounts.values()
    ports = replace(world._ports(), accounts=Broken(RuntimeError(f"{words['a fault over an account']}: {found}")))
    planted.run(
        "tier_trigger",
        lambda: tier_trigger(_stream({}, found.id), workers.walk(ports), workers.bulk(ports), until=LATER),
    )
    planted.run("alerts", lambda: alerts(_stream({}, found.id), workers.alerts(ports)))
    ports = replace(world._ports(), alerts=Broken(RuntimeError(words["a fault over a notice"])))
    planted.run("notify", lambda: notify(_messages(write(SendNotices(("n-1",))).body), workers.notifier(ports)))

    assert planted.found() == {}
    assert all("a record failed" in planted.logs[name] for name in ("alerts", "notify"))
