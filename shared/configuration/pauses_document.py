"""Pauses as JSON: the stored document of all, and the body that asks for one."""

from datetime import datetime
from functools import partial

from shared.accounts.values import Json, moment_text, parse_moment
from shared.configuration.pauses import Pause, Pauses
from shared.rules.errors import Code
from shared.rules.reading import Reading, escaped

MAX_REASON = 500
MAX_AUTHOR = 128


def parse_pause(document: Json, author: str, now: datetime) -> Pause:
    """The pause, from `now` on, that a body `{"reason", "until"?}` asks for. Raises DocumentRefused."""
    reading = Reading()
    given = reading.members(document, "", required=("reason",), optional=("until",))
    reason = reading.text(given.get("reason", " "), "/reason", at_most=MAX_REASON)
    if "reason" in given and reason and not reason.strip():
        reading.refuse("/reason", Code.VALUE_NOT_FOR_TYPE, "say why, in a few words")
    until = _moment(reading, given.get("until"), "/until")
    if until is not None and until <= now:
        reading.refuse("/until", Code.VALUE_NOT_FOR_TYPE, "write a time that is still to come")
    reading.done()
    return Pause(reason, author, now, until)


def parse_pauses(document: Json) -> Pauses:
    """What is stored. Raises DocumentRefused."""
    reading = Reading()
    known = document if isinstance(document, dict) else {}
    pauses = Pauses({scope: _stored(reading, body, f"/{escaped(scope)}") for scope, body in known.items()})
    reading.done()
    return pauses


def pauses_to_json(pauses: Pauses) -> dict[str, Json]:
    return {scope: pause_to_json(pause) for scope, pause in sorted(pauses.by_scope.items())}


def pause_to_json(pause: Pause) -> dict[str, Json]:
    return {
        "reason": pause.reason,
        "author": pause.author,
        "since": None if pause.since is None else moment_text(pause.since),
        "until": None if pause.until is None else moment_text(pause.until),
    }


def _stored(reading: Reading, document: Json, pointer: str) -> Pause:
    given = reading.members(document, pointer, required=("reason", "author", "since", "until"))
    return Pause(
        reading.text(given.get("reason"), f"{pointer}/reason", at_most=MAX_REASON),
        reading.text(given.get("author"), f"{pointer}/author", at_most=MAX_AUTHOR),
        _moment(reading, given.get("since"), f"{pointer}/since"),
        _moment(reading, given.get("until"), f"{pointer}/until"),
    )


def _moment(reading: Reading, value: Json, pointer: str) -> datetime | None:
    if value is None:
        return None
    text = reading.text(value, pointer, at_most=64)
    return reading.attempt(partial(parse_moment, text), pointer, None)
