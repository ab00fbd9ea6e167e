"""What goes out: a mail in HTML and text that says what changed, why, and what to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.accounts.account import Account
from shared.accounts.identity import RuleId
from shared.accounts.values import moment_text
from shared.alerts.alert import Alert
from shared.tiers.model import TierModel
from shared.tiers.rulebook import Rulebook
from shared.tiers.shortfall import Shortfall
from shared.why.templating import template
from shared.why.wording import facts, isolated, label, lacking, moment, one_line

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_WHY = 1_500
LONGEST_IN_SUBJECT = 60


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str
    thread: str
    """What mails of one alert share: the seed of their Message-ID and References."""


@dataclass(frozen=True, slots=True)
class Addressee:
    address: str
    is_csm: bool
    """Else a fallback recipient, for accounts without a CSM who is a user."""


@dataclass(frozen=True, slots=True)
class Story:
    """One alert, with what the account is like when the mail is written."""

    alert: Alert
    account: Account | None
    shortfall: Shortfall | None
    """What the account is short of the next tier up."""
    link: str
    """To the why page."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the admins call things."""

    rulebook: Rulebook
    rule_names: Mapping[RuleId, str]


def about_one(story: Story, to: Addressee, words: Words) -> Mail:
    subject = headline(story.alert, words.rulebook.tiers)
    return _mail("one", to, words, subject, thread=story.alert.id, **_told(story, words))


def about_several(stories: Sequence[Story], to: Addressee, words: Words) -> Mail:
    """`stories` in the order in which they were raised; those that went down come first."""
    tiers = words.rulebook.tiers
    told = [_told(story, words) for story in stories]
    falls, others = ([each for each in told if each["fell"] is fell] for fell in (True, False))
    subject = f"{_accounts(stories)} changed tier: {_directions(stories, tiers)}"
    groups = [("Moved down", falls), ("Moved up", others)]
    return _mail("several", to, words, subject, thread=stories[0].alert.id, groups=groups)


def topic_message(story: Story, words: Words) -> Mapping[str, object]:
    """What programs on the topic read, as JSON values."""
    alert, tiers = story.alert, words.rulebook.tiers
    return {
        "alert_id": alert.id,
        "rule": alert.rule,
        "type": alert.type.value,
        "severity": alert.severity.value,
        "account": {"id": alert.account_id, "name": alert.account_name},
        "from": {"id": alert.before, "name": tiers.name(alert.before)},
        "to": {"id": alert.after, "name": tiers.name(alert.after)},
        "raised_at": moment_text(alert.raised_at),
        "why": alert.why,
        "link": story.link,
    }


def headline(alert: Alert, tiers: TierModel) -> str:
    """`Acme Inc moved to Tier 2: Moderate touch`, on one line."""
    name = isolated(one_line(alert.account_name, LONGEST_IN_SUBJECT))
    return f"{name} {_moved_to(alert, tiers, LONGEST_IN_SUBJECT)}"


def _mail(kind: str, to: Addressee, words: Words, subject: str, *, thread: str, **told: object) -> Mail:
    csm_label = label("owner", words.rulebook.catalogue)
    told = {"subject": subject, "is_csm": to.is_csm, "csm_label": csm_label, **told}
    return Mail(
        to=to.address,
        subject=subject,
        text=template(TEMPLATES, f"{kind}.txt").render(told),
        html=template(TEMPLATES, f"{kind}.html").render(told),
        thread=thread,
    )


def _told(story: Story, words: Words) -> dict[str, Any]:
    alert, rulebook = story.alert, words.rulebook
    tiers = rulebook.tiers
    return {
        "name": one_line(alert.account_name),
        "isolated_name": isolated(one_line(alert.account_name)),
        "moved_to": _moved_to(alert, tiers),
        "before": one_line(tiers.name(alert.before)),
        "after": one_line(tiers.name(alert.after)),
        "fell": _fell(alert, tiers),
        "since": moment(_since(story), rulebook.time_zone),
        "why": one_line(alert.why, LONGEST_WHY),
        "facts": facts(alert.conditions, rulebook.catalogue),
        "shortfall": lacking(story.shortfall),
        "now_in": _now_in(story, tiers),
        "rule": one_line(words.rule_names.get(alert.rule, alert.rule)),
        "type": alert.type.value,
        "severity": alert.severity.value,
        "link": story.link,
    }


def _moved_to(alert: Alert, tiers: TierModel, longest: int = 200) -> str:
    return "left its tier" if alert.after is None else f"moved to {one_line(tiers.name(alert.after), longest)}"


def _fell(alert: Alert, tiers: TierModel) -> bool:
    return tiers.falls(alert.before, alert.after)


def _accounts(stories: Sequence[Story]) -> str:
    number = len({story.alert.account_id for story in stories})
    return "1 account" if number == 1 else f"{number} accounts"


def _directions(stories: Sequence[Story], tiers: TierModel) -> str:
    down = sum(_fell(story.alert, tiers) for story in stories)
    up = len(stories) - down
    return ", ".join(words for words in (down and f"{down} down", up and f"{up} up") if words)


def _since(story: Story) -> datetime:
    """When the change took effect; where the account moved on since, when it was seen."""
    standing = story.account.standing if story.account else None
    if standing is not None and standing.since is not None and standing.changes == story.alert.history_version:
        return standing.since
    return story.alert.raised_at


def _now_in(story: Story, tiers: TierModel) -> str | None:
    """The tier that the account is in by now, where that is another than the alert tells of."""
    if story.account is None or story.account.standing.tier == story.alert.after:
        return None
    return one_line(tiers.name(story.account.standing.tier))
