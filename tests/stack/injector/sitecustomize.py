"""Strikes the deployed functions' calls with faults, from inside their processes, with no word of it in the product.

Python loads this module at start where PYTHONPATH names this folder. Which fault strikes where stands in the file that
FAULTS_FILE names, which is read at each call. What struck, and what mails and events went out, is appended as JSON
lines to the file beside it. What the product waits for is hastened: retries and delayed messages take a moment.
"""

import io
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import faults  # type: ignore[import-not-found]  # beside this module, where Python finds it at start
import loading  # type: ignore[import-not-found]  # the meter's: its folder is named after this one

FILE = os.environ.get("FAULTS_FILE", "")
FUNCTION = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "").removeprefix("tierwright-local-").replace("-", "_")
HASTE = 20
"""Times faster than it would be a client waits between tries."""
LONGEST_DELAY = 1
"""Seconds that a message put back is delayed."""
FINE = 300
"""HTTP statuses below are answers."""
IN_THE_CALL = (faults.Kind.CRASH, faults.Kind.HANG, faults.Kind.RAISE, faults.Kind.LOSE)
ON_THE_WAY = (faults.Kind.THROTTLE,)
REFUSAL = json.dumps({"__type": "ThrottlingException", "message": "a fault of the tests"}).encode()
SERVICES = {"eventbridge": "events"}
_THE_CALL = "call that may be struck"


def tell(what: str, **figures: object) -> None:
    with Path(FILE).with_suffix(".told").open("a", encoding="utf-8") as told:
        told.write(json.dumps({"what": what, "function": FUNCTION, **figures}) + "\n")


def call_of(name: str, body: object) -> Any:
    return faults.Call(FUNCTION, name, body.decode() if isinstance(body, bytes) else str(body))


def strike(call: Any, when: str) -> None:
    """Returns if nothing strikes; raises what a lost answer or a fault of the code looks like."""
    kind = _struck(call, IN_THE_CALL, when)
    if kind is faults.Kind.CRASH:
        os._exit(1)
    if kind is faults.Kind.HANG:
        _hang()
    if kind is faults.Kind.RAISE:
        raise RuntimeError("a fault of the tests")
    if kind is faults.Kind.LOSE:
        raise TimeoutError("a fault of the tests")


def _struck(call: Any, kinds: tuple[str, ...], when: str) -> str | None:
    orders = faults.read(Path(FILE))
    kind: str | None = faults.striking(orders, Path(FILE), call, when, kinds)
    if kind is not None:
        tell("struck", seed=orders.seed, kind=kind, call=call.name, when=when)
    return kind


def _hang() -> NoReturn:
    while True:
        time.sleep(1)


def strike_botocore(module: Any) -> None:
    """boto3, botocore and PynamoDB all emit these events."""
    module.BUILTIN_HANDLERS.extend(
        [
            ("before-parameter-build.sqs.SendMessageBatch", hasten_messages),
            ("before-call", before_call),
            ("before-send", before_send),
            ("after-call", after_call),
        ]
    )


def hasten_messages(params: dict[str, Any], **_: object) -> None:
    for entry in params["Entries"]:
        entry["DelaySeconds"] = min(entry.get("DelaySeconds", 0), LONGEST_DELAY)


def before_call(event_name: str, params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
    context[_THE_CALL] = call = call_of(_name(event_name), params["body"])
    strike(call, faults.BEFORE)


def before_send(event_name: str, request: Any, **_: object) -> Any:
    """The answer in place of AWS's; None lets the request go out."""
    if _struck(call_of(_name(event_name), request.body), ON_THE_WAY, faults.BEFORE):
        from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - what the function has loaded
        from botocore.compat import HTTPHeaders  # noqa: PLC0415 - as above

        return AWSResponse(request.url, 400, HTTPHeaders(), _Raw(REFUSAL))
    return None


class _Raw(io.BytesIO):
    def stream(self) -> list[bytes]:
        return [self.read()]


def after_call(http_response: Any, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: object) -> None:
    if http_response.status_code >= FINE:
        return
    call = context[_THE_CALL]
    tell_outside(call, parsed)
    try:
        strike(call, faults.AFTER)
    except TimeoutError as error:
        from botocore.exceptions import ReadTimeoutError  # noqa: PLC0415 - as above

        raise ReadTimeoutError(endpoint_url="a fault of the tests") from error


def tell_outside(call: Any, answer: Mapping[str, Any]) -> None:
    """What reached others, whatever becomes of the answer."""
    if call.name == "sesv2.SendEmail":
        tags = {tag["Name"]: tag["Value"] for tag in json.loads(call.text)["EmailTags"]}
        tell("mail", claim=tags["notice"], id=answer["MessageId"])
    if call.name == "events.PutEvents":
        for entry in json.loads(call.text)["Entries"]:
            tell("event", id=json.loads(entry["Detail"])["id"])


def _name(event_name: str) -> str:
    _, service, operation = event_name.split(".")
    return f"{SERVICES.get(service, service)}.{operation}"


def strike_lean(module: Any) -> None:
    """The calls without an SDK; each try is one."""
    exchange = module.Caller._exchange

    def struck(self: Any, service: str, operation: str, body: bytes) -> tuple[int, bytes]:
        call = call_of(f"{service}.{operation}", body)
        strike(call, faults.BEFORE)
        if _struck(call, ON_THE_WAY, faults.BEFORE):
            return 400, REFUSAL
        answer: tuple[int, bytes] = exchange(self, service, operation, body)
        strike(call, faults.AFTER)
        return answer

    sign = module.signed
    module.Caller._exchange = struck
    # AWS's own clocks are not ahead, and it refuses signatures of another time.
    module.signed = lambda *sent, **options: sign(*sent, **{**options, "now": datetime.now(UTC)})


def hasten_retries(module: Any) -> None:
    delay = module.ExponentialBackoff.delay_amount
    module.ExponentialBackoff.delay_amount = lambda self, context: delay(self, context) / HASTE


def put_clock_ahead(module: Any) -> None:
    now = module.system_now
    module.system_now = lambda: now() + faults.read(Path(FILE)).ahead


CHANGES: dict[str, Callable[[Any], None]] = {
    "botocore.handlers": strike_botocore,
    "botocore.retries.standard": hasten_retries,
    "shared.aws.lean": strike_lean,
    "shared.runtime.clock": put_clock_ahead,
}

if FILE:
    sys.meta_path.insert(0, loading.Changing(CHANGES))
