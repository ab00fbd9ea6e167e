"""Why an account keeps its tier though the deciding method says another, in words for a CSM."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.accounts.account import Account
from shared.accounts.identity import FieldName
from shared.accounts.standing import Hold, Method
from shared.rules.facts import Facts
from shared.rules.wording import ground_words, grounds, value_words
from shared.rules.wording_values import shown
from shared.tiers.calendar_holds import RENEWAL
from shared.tiers.holding import read_of, stale_source, stand_ins, with_last_known
from shared.tiers.outcome import Verdict
from shared.tiers.rulebook import Rulebook
from shared.tiers.stability import Stability

MAX_FIELDS = 3
"""That a sentence names."""


def why_held(account: Account, rulebook: Rulebook, facts: Facts, verdict: Verdict) -> str:
    """One sentence; of a verdict that holds the account."""
    if verdict.hold is None:
        raise AssertionError("the verdict holds nothing")
    return _WORDS[verdict.hold](_Held(account, rulebook, facts, verdict))


@dataclass(frozen=True, slots=True)
class _Held:
    account: Account
    rulebook: Rulebook
    facts: Facts
    verdict: Verdict

    @property
    def tier(self) -> str:
        return self.rulebook.tiers.name(self.account.standing.tier)

    @property
    def stability(self) -> Stability:
        return self.rulebook.policy.stability


def _for_missing_data(held: _Held) -> str:
    if held.account.standing.method is Method.SYNCED:
        return f"Held: the CRM gave {held.tier} and names no tier of ours now."
    return f"Held: {_last_known(held.account, held.rulebook, held.facts)}."


def _for_a_stale_source(held: _Held) -> str:
    return f"Held: the data from {stale_source(held.account, held.rulebook, held.facts)} are out of date."


def _within_the_margin(held: _Held) -> str:
    return f"Held: within {_percent(held.stability.demote_margin)} % of what {held.tier} needs."


def _before_a_renewal(held: _Held) -> str:
    day = held.rulebook.catalogue.types[RENEWAL].to_text(held.facts.values[RENEWAL])
    return f"Held until the renewal on {day} is over."


_WORDS: Mapping[Hold, Callable[[_Held], str]] = {
    Hold.MISSING_DATA: _for_missing_data,
    Hold.STALE_SOURCE: _for_a_stale_source,
    Hold.DEMOTE_MARGIN: _within_the_margin,
    Hold.CONDITION: lambda held: f"Held: {_condition(held.rulebook, held.facts)}.",
    Hold.DEMOTE_AFTER: lambda held: f"Held {_duration(held.stability.demote_after)} before a demotion.",
    Hold.PROMOTE_AFTER: lambda held: f"Held {_duration(held.stability.promote_after)} before a promotion.",
    Hold.BEFORE_RENEWAL: _before_a_renewal,
    Hold.APPROVAL: lambda _: "Held until a person approves the demotion.",
    Hold.CALENDAR: lambda held: (
        f"Held until {_day(held.verdict.effective_at, held.facts)}, when demotions take effect."
    ),
    Hold.MASS_CHANGE: lambda _: "Held: unusually many accounts would be demoted at once; a person is to look first.",
    Hold.PAUSED: lambda _: "Held: tiers are paused.",
}


def _last_known(account: Account, rulebook: Rulebook, facts: Facts) -> str:
    """`MRR is not known, and its last known value, 1,200.00, keeps Tier 1`."""
    known = with_last_known(account, rulebook, facts)
    tier = rulebook.tiers.name(account.standing.tier)
    if known is None:
        return f"what is not known keeps {tier}"
    kept = {name for rule in rulebook.rules_for(account.standing.tier) if rule.test(known) for name in rule.reads}
    missing = sorted(kept & stand_ins(known)) or sorted(read_of(account, rulebook, facts) & stand_ins(known))
    said = [f"{rulebook.label(name)} ({_text(rulebook, name, known)})" for name in missing[:MAX_FIELDS]]
    verb, whose = ("is", "its last known value keeps") if len(missing) == 1 else ("are", "their last known values keep")
    return f"{_listed(said)} {verb} not known now, and {whose} {tier}"


def _text(rulebook: Rulebook, name: FieldName, known: Facts) -> str:
    return shown(rulebook.catalogue.types[name].to_text(known.values[name]))


def _listed(texts: Iterable[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def _condition(rulebook: Rulebook, facts: Facts) -> str:
    """`Lifecycle stage is onboarding: as asked holds demotions`, of what makes the policy's condition true."""
    when = rulebook.policy.stability.hold_demotion_when
    found = grounds(when, facts)[:MAX_FIELDS] if when is not None else ()
    said = [
        f"{rulebook.label(ground.leaf.field)} is {value_words(ground.leaf, facts) or 'not known'} "
        f"({ground_words(ground, facts, rulebook.label)})"
        for ground in found
    ]
    return f"the policy holds demotions while {_listed(said)}" if said else "the policy holds demotions"


def _percent(millionths: int) -> str:
    whole, part = divmod(millionths, 10_000)
    return f"{whole}.{part:04}".rstrip("0").rstrip(".")


def _duration(delay: timedelta) -> str:
    minutes = delay // timedelta(minutes=1)
    for unit, size in (("day", 1_440), ("hour", 60), ("minute", 1)):
        if minutes % size == 0:
            return f"{minutes // size} {unit}{'' if minutes == size else 's'}"
    raise AssertionError("minutes divide by one")


def _day(moment: datetime | None, facts: Facts) -> str:
    return "later" if moment is None else moment.astimezone(facts.at.zone).date().isoformat()
