"""A policy's `stability`: accounts move at once, so a policy that asks for a delay is refused, not misunderstood."""

import re
from functools import partial

from shared.accounts.values import Json, parse_decimal
from shared.rules.errors import Code
from shared.rules.reading import Reading

_NO_TIME = re.compile(r"0[mhd]\Z", re.ASCII)
_DELAYS = ("promote_after", "demote_after", "hold_before_renewal")
_AT_ONCE = "tiers change at once"


def check_stability(document: Json, reading: Reading, pointer: str) -> None:
    """Refuses every key of the document that asks for anything but a change at once."""
    given = reading.members(document, pointer, optional=(*_DELAYS, "demote_margin_pct", "hold_demotion_when", "demote"))
    for key in _DELAYS:
        delay = given.get(key, "0d")
        if not isinstance(delay, str) or not _NO_TIME.match(delay):
            reading.refuse(f"{pointer}/{key}", Code.BAD_DURATION, f'{_AT_ONCE}: write "0d" or leave it out')
    margin = f"{pointer}/demote_margin_pct"
    if reading.attempt(partial(parse_decimal, given.get("demote_margin_pct", 0)), margin, 0) != 0:
        reading.refuse(margin, Code.VALUE_NOT_FOR_TYPE, f"{_AT_ONCE}: write 0 or leave it out")
    if given.get("hold_demotion_when") is not None:
        reading.refuse(
            f"{pointer}/hold_demotion_when", Code.VALUE_NOT_FOR_TYPE, f"{_AT_ONCE}: write null or leave it out"
        )
    if given.get("demote", "at_once") != "at_once":
        reading.refuse(f"{pointer}/demote", Code.NOT_IN_OPTIONS, f'{_AT_ONCE}: write "at_once" or leave it out')
