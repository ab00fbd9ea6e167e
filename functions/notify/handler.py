"""Lambda's entry of step 6: new notices, messages about notices and SES's events in; mails and topic messages out."""

import json
import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from functions.notify.service import Delivery, Notifier
from functions.notify.settings import Settings
from functions.notify.wiring import wire
from functions.notify.words import is_event, word
from shared.alerts.notice import AboutBreaker, AboutWaiting, NoticeId, NoticeState
from shared.runtime import messages, telemetry
from shared.runtime.environment import read
from shared.runtime.messages import SendHeld, SendNotices, TellOfBreaker, TellOfWaiting
from shared.runtime.records import Event, each_message, each_or_queued, from_stream, is_late, queued


@cache
def notifier() -> Notifier:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Event, context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda gives it
    return handle(event, notifier())


def handle(event: Event, service: Notifier) -> dict[str, Any]:
    if not from_stream(event):
        return each_message(event, lambda body: _message(body, service))
    if is_late(event, service.clock()):
        queued([_new(event)], service.queue, _one_by_one)
        return {}
    each_or_queued([_new(event)], lambda ids: _tell(service.send(ids)), service.queue, _one_by_one)
    return {}


def _new(event: Event) -> tuple[NoticeId, ...]:
    return tuple(dict.fromkeys(NoticeId(record["dynamodb"]["NewImage"]["id"]["S"]) for record in event["Records"]))


def _one_by_one(ids: Sequence[NoticeId]) -> list[messages.Work]:
    """What failed together is tried again each by itself: one that can't be sent holds up no other."""
    return [SendNotices((notice_id,)) for notice_id in ids]


def _message(body: str, service: Notifier) -> None:
    content = json.loads(body)
    if is_event(content):
        told = word(content)
        telemetry.count("MailsConfirmed", service.hear(told) if told else 0)
        return
    match messages.read(body, (SendNotices, SendHeld, TellOfBreaker, TellOfWaiting)):
        case SendNotices(ids):
            _tell(service.send([NoticeId(notice_id) for notice_id in ids]))
        case SendHeld(recipient):
            _tell(service.send_held(recipient))
        case TellOfBreaker(breaker_id):
            telemetry.count("AdminsTold", service.tell_admins(AboutBreaker(breaker_id)))
        case TellOfWaiting(day):
            telemetry.count("AdminsTold", service.tell_admins(AboutWaiting(day)))


_METRICS = {
    NoticeState.SENT: "Sent",
    NoticeState.HELD: "Held",
    NoticeState.SUPPRESSED: "Suppressed",
    NoticeState.DEAD: "Dead",
}


def _tell(deliveries: Sequence[Delivery]) -> None:
    for delivery in deliveries:
        telemetry.count(f"{'Mails' if delivery.by_mail else 'TopicMessages'}{_METRICS[delivery.state]}")
        telemetry.count("NoticesSettled", delivery.notices if delivery.state is not NoticeState.HELD else 0)
        if delivery.waited is not None and delivery.by_mail:
            telemetry.measure("WebhookToMail", round(delivery.waited.total_seconds() * 1_000))
