"""AWS without its SDK: signed as the SDK signs, and a failure is told apart from an answer."""

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from shared.aws.lean import ABSENT, FRESH, Caller, Credentials, LeanQueue, LeanSecrets, connect, signed
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.ports import Message, QueueUnavailable, SecretMissing

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/hints"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret/example",
    "AWS_SESSION_TOKEN": "token==",
    "AWS_REGION": "eu-central-1",
}

type Reply = tuple[int, bytes] | Exception


def ok(document: Mapping[str, object]) -> Reply:
    return 200, json.dumps(document).encode()


def error(status: int, kind: str) -> Reply:
    return status, json.dumps({"__type": kind, "message": "…"}).encode()


class Service:
    """AWS's end of the connections: answers with what a test lays out, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies: Iterator[Reply] = iter(replies)
        self.connected: list[str] = []
        self.asked: list[tuple[Mapping[str, str], dict[str, Any]]] = []

    def connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        self.connected.append(f"{scheme}://{netloc}")
        return cast(http.client.HTTPConnection, Connection(self))


class Connection:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.status = 0
        self.body = b""

    def request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        assert (method, path) == ("POST", "/")
        self.service.asked.append((headers, json.loads(body)))
        reply = next(self.service.replies)
        if isinstance(reply, Exception):
            raise reply
        self.status, self.body = reply

    def getresponse(self) -> "Connection":
        return self

    def read(self) -> bytes:
        return self.body

    def close(self) -> None:
        self.service.connected.append("closed")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def caller(service: Service, **environment: str) -> Caller:
    return Caller(ENVIRONMENT | environment, Clock(), service.connect)


def took(number: int) -> Reply:
    return ok({"Successful": [{"Id": str(index)} for index in range(number)]})


TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(body=st.binary(max_size=200), target=TEXT, secret=TEXT, token=st.none() | TEXT)
def test_a_request_is_signed_as_botocore_signs_it(body: bytes, target: str, secret: str, token: str | None) -> None:
    headers = {
        "host": "sqs.eu-central-1.amazonaws.com",
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": target,
    }
    request = AWSRequest("POST", f"https://{headers['host']}/", headers, body)
    SigV4Auth(BotoCredentials("AKID", secret, token), "sqs", "eu-central-1").add_auth(request)
    theirs = {name.lower(): value for name, value in request.headers.items()}
    at = datetime.strptime(theirs["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = signed(
        headers, body, credentials=Credentials("AKID", secret, token), region="eu-central-1", service="sqs", now=at
    )

    assert ours == theirs


class Caught(Exception):
    """What botocore was about to send."""


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        (
            "sqs",
            "send_message_batch",
            {"QueueUrl": QUEUE, "Entries": [{"Id": "0", "MessageBody": "m", "DelaySeconds": 3}]},
        ),
        ("ssm", "get_parameter", {"Name": "/tierwright/test/webhook/generic", "WithDecryption": True}),
    ],
)
def test_a_call_is_what_botocore_sends(service: str, operation: str, parameters: dict[str, Any]) -> None:
    theirs: list[AWSPreparedRequest] = []

    def catch(request: AWSPreparedRequest, **_: object) -> None:
        theirs.append(request)
        raise Caught

    session = get_session()
    session.set_credentials("AKIDEXAMPLE", "secret/example")
    client = session.create_client(service, region_name="eu-central-1")
    client.meta.events.register("before-send", catch)
    with pytest.raises(Caught):
        getattr(client, operation)(**parameters)
    ours = Service(took(1) if service == "sqs" else secret("x"))
    if service == "sqs":
        LeanQueue(QUEUE, caller(ours)).send([Message("m", 3)])
    else:
        secrets(ours).current("webhook/generic")

    [(headers, body)] = ours.asked
    assert theirs[0].body == json.dumps(body).encode()
    assert ours.connected == [theirs[0].url.removesuffix("/")]
    for name in ("content-type", "x-amz-target"):
        assert headers[name].encode() == theirs[0].headers[name]


def test_an_emulator_is_called_where_one_is_named() -> None:
    service = Service(took(1))

    LeanQueue(QUEUE, caller(service, AWS_ENDPOINT_URL="http://127.0.0.1:4566")).send([Message("m")])

    assert service.connected == ["http://127.0.0.1:4566"]
    assert service.asked[0][0]["host"] == "127.0.0.1:4566"


def test_a_connection_opens_with_the_scheme_that_is_asked_for() -> None:
    assert isinstance(connect("https", "sqs.eu-central-1.amazonaws.com"), http.client.HTTPSConnection)
    assert not isinstance(connect("http", "127.0.0.1:4566"), http.client.HTTPSConnection)


def test_messages_go_ten_at_a_time_on_one_connection() -> None:
    service = Service(took(10), took(10), took(1))

    LeanQueue(QUEUE, caller(service)).send([Message(str(number)) for number in range(21)])

    assert [len(body["Entries"]) for _, body in service.asked] == [10, 10, 1]
    assert len(service.connected) == 1


def test_messages_that_are_too_large_together_go_apart() -> None:
    service = Service(took(1), took(2))

    LeanQueue(QUEUE, caller(service)).send([Message("x" * 200_000), Message("y" * 100_000), Message("z")])

    assert [len(body["Entries"]) for _, body in service.asked] == [1, 2]


def test_nothing_to_send_is_no_call() -> None:
    service = Service()

    LeanQueue(QUEUE, caller(service)).send([])

    assert service.asked == []


@pytest.mark.parametrize(
    "broken",
    [ConnectionResetError("reset"), http.client.RemoteDisconnected("gone"), TimeoutError("slow"), (500, b"<html>")],
)
def test_a_call_that_got_no_answer_is_tried_once_more(broken: Reply) -> None:
    service = Service(broken, took(1))

    LeanQueue(QUEUE, caller(service)).send([Message("m")])

    assert len(service.asked) == 2


def test_a_broken_connection_is_not_used_again() -> None:
    service = Service(ConnectionResetError("reset"), took(1))

    LeanQueue(QUEUE, caller(service)).send([Message("m")])

    assert service.connected == [
        "https://sqs.eu-central-1.amazonaws.com",
        "closed",
        "https://sqs.eu-central-1.amazonaws.com",
    ]


@pytest.mark.parametrize(
    "replies",
    [
        (ConnectionResetError("reset"), TimeoutError("slow")),
        ((503, b""), (503, b"")),
        ((200, b"no json"), (200, b"cut o")),
        (error(400, "com.amazonaws.sqs#ThrottlingException"), error(400, "ThrottlingException")),
        (error(400, "AccessDeniedException"),),
        (error(400, "com.amazonaws.sqs#QueueDoesNotExist"),),
        (ok({"Successful": [{"Id": "0"}], "Failed": [{"Id": "1"}]}),),
        (ok({}),),
    ],
)
def test_unless_every_message_was_taken_the_queue_is_unavailable(replies: Sequence[Reply]) -> None:
    service = Service(*replies)

    with pytest.raises(QueueUnavailable):
        LeanQueue(QUEUE, caller(service)).send([Message("m"), Message("n")])

    assert len(service.asked) == len(replies)


def secrets(service: Service, clock: Clock | None = None) -> LeanSecrets:
    return LeanSecrets("/tierwright/test", caller(service), clock or Clock())


def secret(text: str, version: int = 1, at: float = 1_795_330_800.123) -> Reply:
    return ok({"Parameter": {"Value": text, "Version": version, "LastModifiedDate": at}})


@pytest.mark.parametrize(
    ("text", "values"),
    [("plain", ("plain",)), ('["new", "old"]', ("new", "old")), ("12345", ("12345",)), ("{}", ("{}",))],
)
def test_a_secret_is_one_text_or_several_during_a_rotation(text: str, values: tuple[str, ...]) -> None:
    service = Service(secret(text))

    assert secrets(service).current("webhook/generic") == values
    assert service.asked[0][1] == {"Name": "/tierwright/test/webhook/generic", "WithDecryption": True}


@pytest.mark.parametrize(
    "reply", [secret(""), secret("[]"), secret('["", "x"]'), secret("[1]"), error(400, "ParameterNotFound")]
)
def test_an_empty_or_absent_secret_is_missing(reply: Reply) -> None:
    with pytest.raises(SecretMissing):
        secrets(Service(reply)).current("webhook/generic")


def test_a_secret_is_read_again_when_it_is_no_longer_fresh() -> None:
    clock = Clock()
    read = secrets(Service(secret("old"), secret("sealed", 2), secret("new", 2)), clock)

    values = []
    for after in (timedelta(0), FRESH - timedelta(seconds=1), FRESH):
        clock.now = NOW + after
        values.append(read.current("webhook/generic"))

    assert values == [("old",), ("old",), ("new",)]


def test_a_secret_that_was_not_set_anew_is_not_decrypted_again() -> None:
    clock = Clock()
    service = Service(
        secret("known"), secret("sealed"), secret("sealed"), secret("sealed", at=2.5), secret("set", at=2.5)
    )
    read = secrets(service, clock)

    values = []
    for _ in range(4):
        values.append(read.current("webhook/generic"))
        clock.now += FRESH

    assert values == [("known",), ("known",), ("known",), ("set",)]
    assert [asked["WithDecryption"] for _, asked in service.asked] == [True, False, False, False, True]


def test_a_missing_secret_is_looked_for_again_soon_but_not_each_time() -> None:
    clock = Clock()
    service = Service(error(400, "ParameterNotFound"), secret("set meanwhile"))
    read = secrets(service, clock)
    for _ in range(2):
        with pytest.raises(SecretMissing):
            read.current("webhook/generic")
    assert len(service.asked) == 1
    clock.now = NOW + ABSENT

    assert read.current("webhook/generic") == ("set meanwhile",)


def test_while_parameter_store_fails_the_secret_read_last_holds() -> None:
    clock = Clock()
    read = secrets(Service(secret("known"), (500, b""), (500, b"")), clock)
    read.current("webhook/generic")
    clock.now = NOW + FRESH

    assert read.current("webhook/generic") == ("known",)


@pytest.mark.parametrize(
    ("replies", "failure"), [(((500, b""), (500, b"")), Retryable), ((error(400, "AccessDeniedException"),), Permanent)]
)
def test_a_secret_that_was_never_read_and_can_not_be_is_no_missing_one(
    replies: Sequence[Reply], failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        secrets(Service(*replies)).current("webhook/generic")
