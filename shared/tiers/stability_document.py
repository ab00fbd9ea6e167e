"""A policy's `stability` as JSON: what is left out delays nothing."""

from collections.abc import Mapping
from functools import partial

from shared.accounts.values import SCALE, FieldType, Json, ValueRefused, ValueType
from shared.rules.parse import parse_condition
from shared.rules.parse_time import parse_delay
from shared.rules.reading import Reading
from shared.rules.vocabulary import Vocabulary
from shared.tiers.stability import NO_DELAY, Demote, Stability

MAX_MARGIN = 100
"""Percent."""

_PERCENT = ValueType(FieldType.NUMBER)
_DEMOTE = {way.value: way for way in Demote}
_OPTIONAL = (
    "promote_after",
    "demote_after",
    "demote_margin_pct",
    "hold_before_renewal",
    "hold_demotion_when",
    "demote",
)


def parse_stability(document: Json, words: Vocabulary, reading: Reading, pointer: str) -> Stability:
    """What is wrong is refused in `reading`. The condition may read what tier rules may."""
    given = reading.members(document, pointer, optional=_OPTIONAL)
    promote, demote = (
        reading.attempt(partial(parse_delay, given.get(key, "0d")), f"{pointer}/{key}", NO_DELAY)
        for key in ("promote_after", "demote_after")
    )
    renewal = f"{pointer}/hold_before_renewal"
    when = given.get("hold_demotion_when")
    return Stability(
        promote_after=promote,
        demote_after=demote,
        demote_margin=reading.attempt(partial(_margin, given), f"{pointer}/demote_margin_pct", 0),
        hold_before_renewal=reading.attempt(partial(_days, given.get("hold_before_renewal", "0d")), renewal, 0),
        hold_demotion_when=None
        if when is None
        else parse_condition(when, words, reading, f"{pointer}/hold_demotion_when"),
        demote=reading.choice(given.get("demote", "at_once"), f"{pointer}/demote", _DEMOTE, Demote.AT_ONCE),
    )


def _margin(given: Mapping[str, Json]) -> int:
    """Percent in ten-thousandths are millionths of the whole."""
    margin = _PERCENT.parse(given.get("demote_margin_pct", 0))
    if not isinstance(margin, int) or margin > MAX_MARGIN * SCALE:
        raise ValueRefused("value_not_for_type", f"write a percentage from 0 to {MAX_MARGIN}")
    if margin < 0:
        raise ValueRefused("negative_amount", "a margin is 0 or more")
    return margin


def _days(raw: Json) -> int:
    delay = parse_delay(raw)
    if delay.seconds:
        raise ValueRefused("bad_duration", 'a renewal date is a day: write a duration in whole days such as "30d"')
    return delay.days
