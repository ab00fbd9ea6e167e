"""The mails about overrides: which ones end soon, which are asked for, what became of what was asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.standing import Override, Request
from shared.alerts.admin_message import House
from shared.alerts.message import LONGEST_IN_SUBJECT, LONGEST_WHY, TEMPLATES, Mail
from shared.alerts.notice import AboutAnswer, AboutExpiry, AboutOverride, AboutRequest
from shared.tiers.decision import Decision
from shared.why.templating import template
from shared.why.wording import isolated, label, moment, one_line

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class OverrideStory:
    """What is told of one account, as it is when the mail is written."""

    about: AboutOverride
    account: Account
    decision: Decision
    """Of an answer, that of this moment; else the one that would follow without an override."""
    link: str
    """To the why page."""


@dataclass(frozen=True, slots=True)
class Words:
    """How the deployment, and its people, are called."""

    house: House
    person: Callable[[str], str]
    """The name of a user by their id."""

    def called(self, user_id: str) -> str:
        return one_line(self.person(user_id))

    def tier(self, story: OverrideStory) -> str:
        return one_line(self.house.rulebook.tiers.name(_asked(story).tier))

    def moment(self, at: datetime | None) -> str:
        return "when somebody clears it" if at is None else moment(at, self.house.rulebook.time_zone)


def about_overrides(stories: Sequence[OverrideStory], to: str, thread: str, words: Words) -> Mail:
    """One mail for `stories`, which are all about the same kind of thing."""
    kind = _KINDS[type(stories[0].about)]
    csm = label("owner", words.house.rulebook.catalogue)
    subject = kind.one(stories[0], words) if len(stories) == 1 else kind.several(len(stories))
    told = {
        "subject": subject,
        "lead": kind.lead,
        "items": [_item(story, kind, words) for story in stories],
        "foot": kind.foot.format(csm=csm),
    }
    return Mail(
        to=to,
        subject=subject,
        text=template(TEMPLATES, "override.txt").render(told),
        html=template(TEMPLATES, "override.html").render(told),
        thread=thread,
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    one: Callable[[OverrideStory, Words], str]
    several: Callable[[int], str]
    lead: str
    rows: Callable[[OverrideStory, Words], Sequence[tuple[str, str]]]
    calls: Callable[[str, str], Sequence[tuple[str, str, str]]]
    """From the address of the account's tier and the tier that is told of: what may be done, when, and the call."""
    foot: str


def _item(story: OverrideStory, kind: _Kind, words: Words) -> Mapping[str, object]:
    name = one_line(story.account.name)
    address = f"{words.house.public_url}/v1/accounts/{story.account.id}/tier"
    return {
        "name": name,
        "isolated_name": isolated(name),
        "rows": kind.rows(story, words),
        "why": one_line(story.decision.why, LONGEST_WHY),
        "calls": kind.calls(address, _asked(story).tier),
        "link": story.link,
    }


def _asked(story: OverrideStory) -> Override | Request:
    """What the story is about; that it is there was found before."""
    found = story.account.override if isinstance(story.about, AboutExpiry) else story.account.request
    if found is None:
        raise AssertionError("what is told of is there")
    return found


def _short(story: OverrideStory) -> str:
    return isolated(one_line(story.account.name, LONGEST_IN_SUBJECT))


def _rules_say(story: OverrideStory, words: Words) -> tuple[str, str]:
    return "Without an override", one_line(words.house.rulebook.tiers.name(story.decision.tier))


def _expiry_rows(story: OverrideStory, words: Words) -> Sequence[tuple[str, str]]:
    override = story.account.override
    if override is None:
        raise AssertionError("what is told of is there")
    by = words.called(override.author)
    if override.approver is not None:
        by = f"{by}, approved by {words.called(override.approver)}"
    return [
        ("Tier by hand", words.tier(story)),
        ("Ends", words.moment(override.expires_at)),
        ("Set because", one_line(override.reason, LONGEST_REASON)),
        ("Set by", by),
        _rules_say(story, words),
    ]


def _request_rows(story: OverrideStory, words: Words) -> Sequence[tuple[str, str]]:
    request = story.account.request
    if request is None:
        raise AssertionError("what is told of is there")
    until = "as long as the settings say" if request.by_default else words.moment(request.expires_at)
    return [
        ("Asked for", words.tier(story)),
        ("Until", until),
        ("Because", one_line(request.reason, LONGEST_REASON)),
        ("Asked by", words.called(request.author)),
        ("Tier now", one_line(words.house.rulebook.tiers.name(story.account.standing.tier))),
        _rules_say(story, words),
    ]


def _answer_rows(story: OverrideStory, words: Words) -> Sequence[tuple[str, str]]:
    request = story.account.request
    if request is None or request.answer is None:
        raise AssertionError("what is told of is there")
    rows = [
        ("Asked for", words.tier(story)),
        ("Answer", "approved" if request.answer.approved else "rejected"),
        ("By", words.called(request.answer.by)),
    ]
    if request.answer.reason is not None:
        rows.append(("Because", one_line(request.answer.reason, LONGEST_REASON)))
    return [*rows, ("Tier now", one_line(words.house.rulebook.tiers.name(story.account.standing.tier)))]


def _ends(story: OverrideStory, words: Words) -> str:
    ends_at = story.account.override.expires_at if story.account.override else None
    return f"{_short(story)}: {words.tier(story)} by hand ends on {words.moment(ends_at)}"


def _is_asked(story: OverrideStory, words: Words) -> str:
    return f"{words.called(_asked(story).author)} asks for {words.tier(story)} for {_short(story)}"


def _is_answered(story: OverrideStory, words: Words) -> str:
    answer = story.account.request.answer if story.account.request else None
    return f"{_short(story)}: {words.tier(story)} is {'approved' if answer and answer.approved else 'rejected'}"


_KINDS: Mapping[type[AboutOverride], _Kind] = {
    AboutExpiry: _Kind(
        one=_ends,
        several=lambda count: f"{count} overrides end within two weeks",
        lead="From its end on the account's tier is again what CRM and rules say, at once.",
        rows=_expiry_rows,
        calls=lambda address, _: [
            (
                "If it is to go on",
                "Set it anew with a later end, or none; else there is nothing to do.",
                f"PUT {address}",
            )
        ],
        foot="You get this mail, once, because you set the override, asked for it, or are the account's {csm}.",
    ),
    AboutRequest: _Kind(
        one=_is_asked,
        several=lambda count: f"{count} overrides are asked for",
        lead="Who asks may not set it. Until a manager answers, nothing changes.",
        rows=_request_rows,
        calls=lambda address, tier: [
            (
                "Yes",
                "The override is set under both names:",
                f'POST {address}/approve {{"of": "request", "tier": "{tier}"}}',
            ),
            (
                "No",
                "Whoever asked is told the reason:",
                f'POST {address}/reject {{"of": "request", "tier": "{tier}", "reason": "…"}}',
            ),
        ],
        foot="You get this mail, once, because you are a manager or an admin of this deployment, or named in their "
        "place. The calls need your access token.",
    ),
    AboutAnswer: _Kind(
        one=_is_answered,
        several=lambda count: f"{count} of your requests are answered",
        lead="You asked for a tier by hand.",
        rows=_answer_rows,
        calls=lambda *_: [],
        foot="You get this mail, once, because you asked.",
    ),
}
