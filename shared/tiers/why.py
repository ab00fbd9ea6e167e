"""Why, in words for a CSM: which method decided, on which figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import assert_never

from shared.accounts.account import Account
from shared.accounts.catalogue import SYNCED_TIER
from shared.accounts.identity import FieldName, RuleId
from shared.accounts.standing import Method
from shared.rules.facts import Facts
from shared.rules.trace import SourceOf
from shared.rules.wording import AS_ASKED, Ground, ground_words, grounds, value_words
from shared.rules.wording_values import shown
from shared.tiers.methods import never_known, rules_say, synced_text, synced_tier
from shared.tiers.outcome import Verdict
from shared.tiers.rulebook import Rulebook
from shared.tiers.why_held import why_held

MAX_GROUNDS = 8
"""Comparisons that a sentence tells of the rules that did not match, and of the one that did; the nearest."""


def why(account: Account, rulebook: Rulebook, facts: Facts, verdict: Verdict, source_of: SourceOf) -> str:
    """A few sentences; figures as the fields show them, thresholds in brief."""
    if account.archived:
        return "The account is archived: it stays as it is."
    required = never_known(account, rulebook) if verdict.hold else None
    if required is not None:
        return _waiting(required, rulebook, verdict)
    match verdict.method:
        case Method.MANUAL:
            sentences = [*_by_hand(account, rulebook), *_rules_differ(rulebook, facts, verdict)]
        case Method.SYNCED:
            sentences = [_by_crm(account, rulebook, source_of), *_rules_differ(rulebook, facts, verdict)]
        case Method.RULES:
            sentences = [*_by_rules(rulebook, facts), *_unmapped(account, rulebook)]
        case None:
            sentences = ["No method gives a tier.", *_unmapped(account, rulebook)]
        case _:
            assert_never(verdict.method)
    if verdict.hold is not None:
        sentences.append(why_held(account, rulebook, facts, verdict))
    return " ".join(sentences)


def _waiting(required: FieldName, rulebook: Rulebook, verdict: Verdict) -> str:
    stays = "without a tier" if verdict.tier is None else f"in {rulebook.tiers.name(verdict.tier)}"
    return f"{rulebook.label(required)} was never known, and the policy requires it: the account stays {stays}."


def _by_hand(account: Account, rulebook: Rulebook) -> Iterator[str]:
    override = account.override
    if override is None:
        raise AssertionError("the manual method decides by an override")
    reason = f": {shown(override.reason)}" if override.reason else ""
    author = f" by {override.author}" if override.author else ""
    yield f"Set to {rulebook.tiers.name(override.tier)}{author}{reason}."
    if override.expires_at is not None:
        yield f"Until {override.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."


def _by_crm(account: Account, rulebook: Rulebook, source_of: SourceOf) -> str:
    source = source_of(SYNCED_TIER.name) or "The CRM"
    text, name = synced_text(account) or "", rulebook.tiers.name(synced_tier(account, rulebook))
    return f"{source} says {name}." if text == name else f"{source} says {shown(text)}, which is {name}."


def _rules_differ(rulebook: Rulebook, facts: Facts, verdict: Verdict) -> Iterator[str]:
    said = rules_say(rulebook, facts).tier
    if said != verdict.tier:
        yield f"The rules say {rulebook.tiers.name(said)}."


def _unmapped(account: Account, rulebook: Rulebook) -> Iterator[str]:
    text = synced_text(account)
    if text is not None and Method.SYNCED in rulebook.policy.precedence and synced_tier(account, rulebook) is None:
        yield f"The CRM's tier {shown(text)} is none of the tiers here."


def _by_rules(rulebook: Rulebook, facts: Facts) -> Iterator[str]:
    said = rules_say(rulebook, facts)
    tried = rulebook.policy.rules[: said.matched]
    against = [_Told(rule.id, ground) for rule in tried for ground in grounds(rule.when, facts)]
    rule = rulebook.rule(said.matched)
    speaking = [] if rule is None else [_Told(rule.id, ground) for ground in grounds(rule.when, facts)]
    yield from _figures([*against[-MAX_GROUNDS:], *speaking[:MAX_GROUNDS]], facts, rulebook)
    if rule is None:
        everyone_else = "everyone else" if said.tier else "everyone else has no tier"
        yield f"No rule matched: {everyone_else}."
    elif rule.tier is None:
        yield f"Rule {rule.id} gives no tier."
    elif not speaking:
        yield f"Rule {rule.id} holds for every account."


@dataclass(frozen=True, slots=True)
class _Told:
    rule: RuleId
    ground: Ground


def _figures(told: Iterable[_Told], facts: Facts, rulebook: Rulebook) -> Iterator[str]:
    """One sentence a field, its comparisons in the order of the rules; what two rules share is said of the first."""
    by_field: dict[FieldName, list[_Told]] = {}
    for entry in told:
        by_field.setdefault(entry.ground.leaf.field, []).append(entry)
    for name, entries in by_field.items():
        yield f"{rulebook.label(name)} is {_standing(entries, facts, rulebook)}."


def _standing(entries: Sequence[_Told], facts: Facts, rulebook: Rulebook) -> str:
    value = value_words(entries[0].ground.leaf, facts)
    if value is None:
        return f"not known ({_rules(entry.rule for entry in entries)})"
    phrases: dict[str, RuleId] = {}
    for entry in entries:
        phrases.setdefault(ground_words(entry.ground, facts, rulebook.label), entry.rule)
    if list(phrases) == [AS_ASKED]:
        return f"{value} (rule {phrases[AS_ASKED]})"
    return f"{value}: " + ", ".join(f"{phrase} (rule {rule})" for phrase, rule in phrases.items())


def _rules(ids: Iterable[RuleId]) -> str:
    names = list(dict.fromkeys(ids))
    return f"rule{'s' if len(names) > 1 else ''} {', '.join(names)}"
