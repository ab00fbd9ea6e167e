"""Trial evaluation: a policy, or a condition, on an account that the caller describes; nothing is read or kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.accounts.account import Account
from shared.accounts.values import Json, moment_text, parse_moment
from shared.rules.compile import compile_condition
from shared.rules.condition import Condition
from shared.rules.errors import Code
from shared.rules.parse import parse_condition
from shared.rules.reading import Reading
from shared.rules.trace import findings
from shared.tiers.controls import FREE
from shared.tiers.engine import decide
from shared.tiers.evaluated_account import parse_account
from shared.tiers.evaluated_fields import parse_catalogue
from shared.tiers.evaluated_sources import given_by, parse_sources
from shared.tiers.model_document import parse_tiers
from shared.tiers.policy_document import parse_policy
from shared.tiers.rulebook import Rulebook
from shared.tiers.words import facts_with_words, next_turn, vocabulary

_OPTIONAL = ("now", "time_zone", "sources", "policy", "tiers", "fields", "condition")


def evaluate(document: Json, rulebook: Rulebook, now: datetime) -> Mapping[str, object]:
    """The decision on `account`, or with `condition` whether it holds and each leaf of it; raises DocumentRefused.

    What the document leaves out is as published and as of now. A `policy` in it has no version; `fields` and `tiers`
    take the place of the published ones. Pauses and breakers hold nothing here.
    """
    reading = Reading()
    given = reading.members(document, "", required=("account",), optional=_OPTIONAL)
    if "policy" in given and "condition" in given:
        reading.refuse("/condition", Code.UNKNOWN_KEY, "evaluate a policy or a condition: leave one out")
    moment = _moment(given, reading) or now
    trial = _rulebook(given, rulebook, reading)
    account = parse_account(
        given.get("account", {}),
        "/account",
        tiers=trial.tiers,
        catalogue=trial.catalogue,
        reading=reading,
        now=moment,
    )
    if "sources" in given and trial.sources:
        account = given_by(account, trial.sources, trial.catalogue, moment)
    if "condition" not in given:
        reading.done()
        return decide(account, trial, moment).to_json()
    words = vocabulary(trial.catalogue, trial.tiers)
    condition = parse_condition(given["condition"], words, reading, "/condition")
    reading.done()
    return _answer(condition, account, trial, moment)


def _answer(condition: Condition, account: Account, rulebook: Rulebook, now: datetime) -> Mapping[str, object]:
    facts = facts_with_words(condition, account, rulebook, now)
    turn = next_turn(condition, account, rulebook, now)
    return {
        "matched": compile_condition(condition)(facts),
        "conditions": [found.to_json() for found in findings(condition, facts, lambda _: None)],
        "next_review_at": turn and moment_text(turn),
    }


def _moment(given: Mapping[str, Json], reading: Reading) -> datetime | None:
    if "now" not in given:
        return None
    return reading.attempt(partial(parse_moment, reading.text(given["now"], "/now")), "/now", None)


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("write an IANA time zone such as Europe/Berlin") from error
    return name


def _rulebook(given: Mapping[str, Json], published: Rulebook, reading: Reading) -> Rulebook:
    catalogue, tiers, policy = published.catalogue, published.tiers, published.policy
    if "fields" in given:
        catalogue = parse_catalogue(given["fields"], "/fields", catalogue.currency, reading)
    if "tiers" in given:
        tiers = reading.nested(partial(parse_tiers, _by_rank(given["tiers"])), "/tiers", tiers)
    if "policy" in given:
        policy = reading.nested(partial(parse_policy, given["policy"], tiers, catalogue), "/policy", policy)
    time_zone = published.time_zone
    if "time_zone" in given:
        name = reading.text(given["time_zone"], "/time_zone", at_most=64)
        time_zone = reading.attempt(partial(_time_zone, name), "/time_zone", time_zone)
    sources = parse_sources(given["sources"], "/sources", reading) if "sources" in given else published.sources
    return replace(
        published,
        policy=policy,
        policy_version=None if "policy" in given else published.policy_version,
        tiers=tiers,
        catalogue=catalogue,
        time_zone=time_zone,
        controls=FREE,
        sources=sources,
    )


def _by_rank(tiers: Json) -> Json:
    """Tiers that each state their rank, highest first; any others as they stand."""
    if not isinstance(tiers, list):
        return tiers
    ranked = [
        (rank, index)
        for index, tier in enumerate(tiers)
        if isinstance(tier, Mapping) and isinstance(rank := tier.get("rank"), int)
    ]
    return [tiers[index] for _, index in sorted(ranked)] if len(ranked) == len(tiers) else tiers
