"""What came of a change at the vendor, as the product's API and the mailbox tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.rules.wording_values import grouped


@dataclass(frozen=True, slots=True)
class Need:
    """What the account lacks for a better tier."""

    tier: str
    expected: str
    short_by: str


@dataclass(frozen=True, slots=True)
class Outcome:
    account: str
    mrr_before: str | None
    mrr_after: str | None
    before: str | None
    after: str | None
    """Tiers by name; equal where the tier stayed."""
    seconds: float | None
    """From the change at the vendor to the tier change; None where the tier stayed."""
    need: Need | None
    mail_url: str | None
    mail_seconds: float | None
    no_mail: str | None
    """Why no mail was sent."""

    @property
    def changed(self) -> bool:
        return self.before != self.after


def sentence(outcome: Outcome) -> str:
    """`Acme: Tier 1 → Tier 2 in 0.2 s. MRR 1,225.00 → 640.00; Tier 1 needs 1,000.00 (360.00 short).`"""
    tiers = f"{_name(outcome.before)} → {_name(outcome.after)}" if outcome.changed else f"stays {_name(outcome.after)}"
    took = "" if outcome.seconds is None else f" in {outcome.seconds:.1f} s"
    said = [f"{outcome.account}: {tiers}{took}.", f"MRR {_amount(outcome.mrr_before)} → {_amount(outcome.mrr_after)}"]
    if outcome.need:
        need = outcome.need
        said[-1] += f"; {need.tier} needs {grouped(need.expected)} ({grouped(need.short_by)} short)"
    return " ".join(said) + "."


def post(outcome: Outcome) -> str:
    """`Mail: http://… (0.3 s)`, or why there is none."""
    if outcome.mail_url is None:
        return f"No mail: {outcome.no_mail}."
    return f"Mail: {outcome.mail_url} ({outcome.mail_seconds:.1f} s)"


def need_of(decision: Mapping[str, Any], tier_of_rule: Mapping[str, str]) -> Need | None:
    """The first condition of the first rule above the match that asks for more than the account has."""
    for rule in decision["rules"]:
        for found in rule["conditions"]:
            if not rule["matched"] and found.get("short_by") is not None and rule["id"] in tier_of_rule:
                return Need(tier_of_rule[rule["id"]], str(found["expected"]), str(found["short_by"]))
    return None


def since(moment: str, began: datetime) -> float:
    return (datetime.fromisoformat(moment) - began).total_seconds()


def mail_after(mails: Sequence[Mapping[str, Any]], began: datetime, name: str) -> Mapping[str, Any] | None:
    """The oldest mail since then whose subject has the name."""
    found = [mail for mail in mails if datetime.fromisoformat(mail["sent_at"]) >= began and name in mail["subject"]]
    return found[-1] if found else None


def _name(tier: str | None) -> str:
    return tier or "no tier"


def _amount(value: str | None) -> str:
    return "none" if value is None else grouped(value)
