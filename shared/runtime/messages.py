"""The messages that functions leave for each other on queues: one shape each, written and read here."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from shared.accounts.identity import AccountId
from shared.runtime.ports import Message


class BadMessage(ValueError):
    """A queue's message is none of its shapes: somebody else put it there."""


@dataclass(frozen=True, slots=True)
class DecideAccounts:
    """On the decide queue: decide these again."""

    account_ids: tuple[AccountId, ...]
    cause: str
    """What led to it, for the history: `data`, `expiry`, `policy`, `tiers`."""
    skipping: int | None = None
    """The policy version that was published to skip holds; without effect once another is in force."""
    recombine: bool = False
    """Whether their values are combined anew first."""


@dataclass(frozen=True, slots=True)
class DecideAll:
    """On the decide queue: walk one segment of all accounts from `start` and decide each."""

    run_id: str
    policy_version: int
    """The walk ends as superseded where another version is published meanwhile."""
    segment: int
    segments: int
    start: str | None
    cause: str = "policy"
    """What led to it, for the history: `policy`, or `data` where what changed meanwhile was held back."""


@dataclass(frozen=True, slots=True)
class EditMany:
    """On the decide queue: go on with an edit of many accounts, from where its run says that it is."""

    run_id: str
    account_id: AccountId | None = None
    """The one account that is to be edited, where those of its page part ways."""


@dataclass(frozen=True, slots=True)
class AnnounceChange:
    """On the announce queue: publish this row of an account's tier history."""

    account_id: AccountId
    version: int
    attempt: int = 0
    """How often in a row the bus did not take it."""


@dataclass(frozen=True, slots=True)
class EvaluateAlerts:
    """On the evaluate_alerts queue: evaluate the account's alert rules on the tier changes not yet seen."""

    account_id: AccountId


@dataclass(frozen=True, slots=True)
class SendNotices:
    """On the notify queue: send, or settle, these."""

    notice_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendHeld:
    """On the notify queue: send what waits for this recipient in one mail."""

    recipient: str


@dataclass(frozen=True, slots=True)
class TellOfBreaker:
    """On the notify queue: tell the admins, who are told once, that the breaker tripped."""

    breaker_id: str


@dataclass(frozen=True, slots=True)
class TellOfWaiting:
    """On the notify queue: tell the admins, who are told once a day, what waits while mail is paused."""

    day: str


@dataclass(frozen=True, slots=True)
class SyncSource:
    """On the syncs queue: pull a source; without a run's id, whichever sources are due."""

    source: str | None
    run_id: str | None
    attempt: int = 0
    """How often in a row the source did not answer."""


type Work = (
    DecideAccounts
    | DecideAll
    | EditMany
    | AnnounceChange
    | EvaluateAlerts
    | SendNotices
    | SendHeld
    | TellOfBreaker
    | TellOfWaiting
    | SyncSource
)

_SHAPES: Mapping[str, Callable[..., Work]] = {
    shape.__name__: shape
    for shape in (
        DecideAccounts,
        DecideAll,
        EditMany,
        AnnounceChange,
        EvaluateAlerts,
        SendNotices,
        SendHeld,
        TellOfBreaker,
        TellOfWaiting,
        SyncSource,
    )
}


def write(work: Work, *, delay_seconds: int = 0) -> Message:
    """What is as it is by default stays unsaid: code of before knows only that, and reads on."""
    said = {each.name: value for each in fields(work) if (value := getattr(work, each.name)) != each.default}
    return Message(json.dumps({"do": type(work).__name__, **said}, separators=(",", ":")), delay_seconds)


def read(body: str, shapes: Sequence[type[Work]]) -> Work:
    """The work that a message's body asks for, one of `shapes`; raises BadMessage."""
    try:
        said = json.loads(body)
        shape = _SHAPES[said.pop("do")]
        work = shape(**{name: tuple(value) if isinstance(value, list) else value for name, value in said.items()})
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BadMessage(f"not a message of this queue: {body[:200]!r}") from error
    if type(work) not in shapes:
        raise BadMessage(f"{type(work).__name__} is not for this queue")
    return work
