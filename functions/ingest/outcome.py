"""What becomes of a message: it is done, put back for later, or failed; each with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import walk_tb
from typing import assert_never

from shared.connectors.ports import BadRecord, RecordGone, VendorRefused, VendorUnavailable
from shared.ingestion.tally import Tally, rejected
from shared.runtime.backoff import MOST_DELAY, delay_after
from shared.runtime.failures import Retryable
from shared.runtime.hints import HintMessage

GIVE_UP_AFTER = timedelta(hours=72)

GONE = "gone"
"""Counts what a vendor no longer has."""
PUT_BACK = "put_back"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Done:
    tally: Tally


@dataclass(frozen=True, slots=True)
class PutBack:
    """A copy of the message comes again after `delay` seconds; no receive of it is burnt."""

    delay: int
    reason: str
    refused: bool = False
    """Whether a person must do something about it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The queue gives it again, in the end alone, and then puts it to the dead letters."""

    reason: str


type Outcome = Done | PutBack | Failed


def after(error: Exception, hint: HintMessage, now: datetime) -> Outcome:
    """What an error makes of a message.

    A vendor that refuses us (a revoked key) loses no webhook either: it waits for whoever mends that, as through an
    outage. Whatever is not foreseen here fails, and so parts from its batch.
    """
    match error:
        case RecordGone():
            return Done(Tally({GONE: 1}, ({"record": _named(hint), "reason": str(error)},)))
        case BadRecord():
            return Done(rejected(_named(hint), str(error)))
        case VendorUnavailable():
            return _later(hint, now, error, delay_after(hint.attempt, at_least=error.retry_after or 0))
        case VendorRefused():
            return _later(hint, now, error, MOST_DELAY)
        case Retryable():
            return _later(hint, now, error, delay_after(hint.attempt))
        case _:
            return Failed(_fault(error))


def told(outcome: Outcome, hint: HintMessage) -> Tally:
    """What the status of the source says of it; refusals are one entry, however many messages meet them."""
    match outcome:
        case Done():
            return outcome.tally
        case PutBack():
            refusals = ({"record": str(hint.source), "reason": outcome.reason},) if outcome.refused else ()
            return Tally({PUT_BACK: 1}, refusals)
        case Failed():
            return Tally({FAILED: 1}, ({"record": _named(hint), "reason": outcome.reason},))
        case _:
            assert_never(outcome)


def _later(hint: HintMessage, now: datetime, error: Exception, delay: int) -> PutBack | Failed:
    if now - hint.received_at >= GIVE_UP_AFTER:
        return Failed(f"given up after {GIVE_UP_AFTER // timedelta(hours=1)} hours: {error}")
    return PutBack(delay, str(error), refused=isinstance(error, VendorRefused))


def _fault(error: Exception) -> str:
    """Where it arose, not what it says: that may quote a body."""
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        place = f" in {frame.f_code.co_name}, line {line}"
    return f"{type(error).__name__}{place}"


def _named(hint: HintMessage) -> str:
    return f"{hint.source}:{hint.subject or hint.delivery}"
