"""A mail says what changed, why, what is lacking and why one gets it, in both parts, whatever an account is called."""

import json
import re
from dataclasses import replace
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import AccountId, FieldName, RuleId, TierId
from shared.alerts.alert import Alert
from shared.alerts.message import Addressee, Mail, Story, Words, about_one, about_several, topic_message
from shared.tiers.model import FRESH
from shared.tiers.policy import Policy
from shared.tiers.rulebook import Rulebook
from shared.tiers.shortfall import Gap, Shortfall
from tests.support import builders
from tests.unit.alerts.builders import NOW, alert

WORDS = Words(
    Rulebook(Policy(()), 7, FRESH, Catalogue.fresh(), "Europe/Berlin"), {RuleId("tier-lowered"): "Tier lowered"}
)
ANN = Addressee("ann@example.com", is_csm=True)
OPS = Addressee("ops@example.com", is_csm=False)
GAP = Gap(FieldName("mrr"), "MRR", "at least 1,000.00", "640.00", "1360.00")
LACKING = Shortfall(TierId("tier-1"), "Tier 1: High touch", RuleId("high"), (GAP,))
LINK = "https://tiers.example.com/why/token"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "Acme\r\nBcc: victim@example.com",
    "W" * 400,
    "\u05e9\u05dc\u05d5\u05dd \u202etxt.exe",
    "👩\u200d💻 & Söhne",
    "\x00\x1b[31m",
    "\ud7ff\uffff",
]


def account(tier: str = "tier-2", changes: int = 2) -> Account:
    built = builders.account(tier=tier, mrr="640.00")
    return replace(built, standing=replace(built.standing, since=NOW, changes=changes))


def story(of: Alert | None = None, on: Account | None = None, lacking: Shortfall | None = LACKING) -> Story:
    return Story(of or alert(), on or account(), lacking, LINK)


def raised(name: str = "Umbrella") -> Alert:
    return replace(alert(account=name.lower(), name=name), before=TierId("tier-3"), after=TierId("tier-1"))


class Visible(HTMLParser):
    """The text of a page, and every tag and address in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self._text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._text.append(" " if tag in ("br", "td", "th", "style") else "")
        self.links |= {value for name, value in attrs if name in ("href", "src") and value}

    def handle_data(self, data: str) -> None:
        self._text.append("" if self.lasttag == "style" and self.cdata_elem else data)

    @property
    def text(self) -> str:
        return " ".join("".join(self._text).split())


def test_the_subject_says_what_happened() -> None:
    assert about_one(story(), ANN, WORDS).subject == "Acme Inc moved to Tier 2: Moderate touch"
    assert about_one(story(replace(alert(), after=None)), ANN, WORDS).subject == "Acme Inc left its tier"


def test_both_parts_tell_the_same() -> None:
    mail = about_one(story(), ANN, WORDS)

    for part in (Visible(mail.html).text, mail.text):
        for said in (
            "Tier 1: High touch",
            "since 22 Nov 2026, 08:00 CET",
            "MRR is 640.00: below 1000 (rule high), at least 500 (rule mid).",
            "at least 1,000.00, short by 360.00",
            "1,360.00",
            "Tier lowered",
            "churn, high severity",
            "because you are the CSM of Acme Inc",
            "14 days",
        ):
            assert said in part
    assert LINK in mail.text
    assert Visible(mail.html).links == {LINK}


def test_a_fallback_recipient_learns_why_the_mail_came() -> None:
    mail = about_one(story(), OPS, WORDS)

    assert mail.to == "ops@example.com"
    assert "has no CSM who is a user" in mail.text
    assert "has no CSM who is a user" in Visible(mail.html).text


def test_a_mail_that_comes_late_says_where_the_account_is_by_now() -> None:
    late = about_one(story(on=account(tier="tier-3", changes=3)), ANN, WORDS)

    assert "is now in Tier 3: Low touch" in late.text
    assert "is now in Tier 3: Low touch" in Visible(late.html).text
    assert "is now in" not in about_one(story(), ANN, WORDS).text


def test_nothing_is_lacking_at_the_top() -> None:
    mail = about_one(story(raised(), account(tier="tier-1"), lacking=None), ANN, WORDS)

    assert "To reach" not in mail.html
    assert "TO REACH" not in mail.text


def test_an_account_that_is_gone_is_told_of_all_the_same() -> None:
    mail = about_one(Story(alert(), None, None, LINK), ANN, WORDS)

    assert "Acme Inc moved to" in mail.text


def test_several_go_in_one_list_with_the_falls_first() -> None:
    told = [story(raised(), account(tier="tier-1"), lacking=None), story(), story(alert(account="b", name="Globex"))]

    mail = about_several(told, ANN, WORDS)

    assert mail.subject == "3 accounts changed tier: 2 down, 1 up"
    for part in (Visible(mail.html).text, mail.text):
        assert re.search("moved down.*Acme Inc.*Globex.*moved up.*Umbrella", part, re.IGNORECASE | re.DOTALL)
        assert "MRR at least 1,000.00 (1,360.00 short)" in part
    assert mail.thread == told[0].alert.id


def test_one_account_that_moved_twice_is_one_account() -> None:
    told = [story(), story(replace(alert(version=3), before=TierId("tier-2"), after=TierId("tier-3")))]

    assert about_several(told, ANN, WORDS).subject == "1 account changed tier: 2 down"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(name: str) -> None:
    mails = [
        about_one(story(alert(name=name)), ANN, WORDS),
        about_several([story(alert(name=name)), story()], ANN, WORDS),
    ]

    plain = about_one(story(), ANN, WORDS)
    for mail in mails:
        seen = Visible(mail.html)
        assert (
            seen.tags
            <= Visible(about_several([story(), story(raised())], ANN, WORDS).html).tags | Visible(plain.html).tags
        )
        assert seen.links == {LINK}
        assert "49" not in mail.subject
        _lands_in_one_header(mail)


@given(st.text(), st.text())
def test_no_name_and_no_reason_breaks_out(name: str, why: str) -> None:
    mail = about_one(story(replace(alert(name=name), why=why)), OPS, WORDS)

    assert Visible(mail.html).tags <= Visible(about_one(story(), OPS, WORDS).html).tags
    assert len(mail.text.splitlines()) == len(about_one(story(), OPS, WORDS).text.splitlines())
    _lands_in_one_header(mail)


def _lands_in_one_header(mail: Mail) -> None:
    message = EmailMessage()
    message["Subject"] = mail.subject
    assert len(mail.subject.splitlines()) <= 1
    assert len(mail.subject) < 200
    assert message.keys() == ["Subject"]


def test_the_account_name_stands_in_the_html_as_it_is() -> None:
    mail = about_one(story(alert(name="Smith & Sons <Ltd>")), ANN, WORDS)

    assert "Smith &amp; Sons &lt;Ltd&gt;" in mail.html
    assert "Smith & Sons <Ltd>" in unescape(Visible(mail.html).text)


def test_the_topic_gets_json_for_programs() -> None:
    told = topic_message(story(alert(account="acme")), WORDS)

    assert json.loads(json.dumps(told)) == {
        "alert_id": "acme.tier-lowered.2",
        "rule": "tier-lowered",
        "type": "churn",
        "severity": "high",
        "account": {"id": AccountId("acme"), "name": "Acme Inc"},
        "from": {"id": "tier-1", "name": "Tier 1: High touch"},
        "to": {"id": "tier-2", "name": "Tier 2: Moderate touch"},
        "raised_at": "2026-11-22T07:00:00Z",
        "why": alert().why,
        "link": LINK,
    }
