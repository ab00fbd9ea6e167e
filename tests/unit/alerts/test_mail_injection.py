"""Texts that strangers write, in every place of every mail at once: the raw message has its own headers, parts and
links and no others, goes to whom it is for, and says the text as text.
"""

import email
import email.policy
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName, RuleId, TierId
from shared.alerts.admin_message import House, Paused, Waiting, about_breaker, about_waiting
from shared.alerts.alert import Alert
from shared.alerts.message import Addressee, Mail, Story, Words, about_one, about_several
from shared.alerts.store import SendRefused
from shared.aws.mail import _address, written
from shared.tiers.breaker import Limits, Suspect, Trip
from shared.tiers.model import FRESH, TierModel
from shared.tiers.policy import Policy
from shared.tiers.rulebook import Rulebook
from shared.tiers.shortfall import Gap, Shortfall
from tests.support.builders import account
from tests.unit.alerts.builders import MET, NOW, SHORT, alert

SENDER = "Tierwright <alerts@tierwright.example>"
TO = "ann@example.com"
LINK = "https://tiers.example.com/why/token"
HEADERS = [
    *("From", "To", "Subject", "Message-ID", "References", "In-Reply-To", "Auto-Submitted"),
    *("MIME-Version", "Content-Type"),
]
PLAIN = "Harmless"
TEXTS = {
    "a header after a line end": "Acme\r\nBcc: victim@example.com",
    "a header after a line feed": "Acme\nBcc: victim@example.com",
    "a header after a carriage return": "Acme\rBcc: victim@example.com",
    "a header after Unicode line ends": "A\u2028Bcc: a@b.example\u2029Cc: c@d.example\x85To: e@f.example",
    "a header after tabs and feeds": "Acme\x0bBcc: a@b.example\x0cCc: c@d.example\x1cX: y",
    "a folded header": "Acme\r\n Bcc: victim@example.com",
    "an end of all headers": "Acme\r\n\r\n<h1>Another mail</h1>",
    "an end of the message": "Acme\r\n.\r\nMAIL FROM:<x@y.example>\r\n",
    "a part of a message": "Acme\r\n--===============\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "an attachment": "Content-Disposition: attachment; filename=x.exe",
    "an encoded line end": "=?utf-8?q?Acme=0D=0ABcc:_victim@example.com?=",
    "an encoded null byte": "=?us-ascii?b?AA==?=",
    "an encoded mark": "=?utf-8?q?=E2=80=AE?=",
    "escapes of an address": "Acme%0d%0aBcc:%20victim@example.com",
    "a script": "<script>alert(1)</script>",
    "an end of an attribute": "\"'><img src=x onerror=alert(1)>",
    "an end of a style": "</style></title></bdi><style>*{display:none}</style>",
    "a comment": "<!-- --><![CDATA[ ]]><!doctype x>",
    "a frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "a form": "<form action=https://evil.example><input name=password></form>",
    "a link": "<a href='https://evil.example'>log in</a>",
    "a script's address": "javascript:alert(1)//",
    "a page in an address": "data:text/html,<script>alert(1)</script>",
    "entities": "&lt;script&gt;&#60;script&#62;&#x3c;b",
    "a template's expression": "{{ 7 * 191 }}{{ subject.__class__.__mro__ }}{{ ''.format.__globals__ }}",
    "a template's statement": "{% set x = 7 * 191 %}{% if x %}{{ x }}{% endif %}{% include 'one.html' %}{# x #}",
    "a format": "{0.__class__}%s%(subject)s$(id)`id`",
    "marks that turn a line around": "Acme \u202eexe.txt\u202c \u2066\u2067\u200f\u061c",
    "zero widths": "A\u200bc\u2060m\ufeffe",
    "controls": "\x00\x07\x08\x1b[31m\x7f\x9b31m",
    "halves of surrogate pairs": "Acme \ud800\udfff",
    "no characters": "\uffff\ufffe\U0010ffff",
    "letters that go right to left": "\u05e9\u05dc\u05d5\u05dd",
    "a thousand marks on one letter": "Z" + "\u0300" * 1_000,
    "a page of letters": "W" * 60_000,
    "a page of markup": "<b>" * 20_000,
    "a page of lines": "a\r\n" * 20_000,
    "nothing": "",
    "white space": " \t\u00a0\u3000 ",
}


def rulebook(text: str) -> Rulebook:
    fresh = Catalogue.fresh()
    fields = {name: replace(entry, label=text) for name, entry in fresh.fields.items()}
    tiers = TierModel([replace(tier, name=text) for tier in FRESH.tiers])
    return Rulebook(Policy(()), 7, tiers, replace(fresh, fields=fields), "UTC")


def raised(text: str) -> Alert:
    said = {"expected": text, "actual": text, "source": text, "op": "="}
    built = alert(name=text)
    return replace(built, why=text, conditions=({**SHORT, **said}, {**MET, **said, "actual": [text, text]}))


def story(text: str) -> Story:
    gap = Gap(FieldName("mrr"), text, text, text, None)
    moved = replace(account(tier="tier-3"), id=alert().account_id)
    return Story(raised(text), moved, Shortfall(TierId("tier-1"), text, RuleId(text), (gap, gap)), LINK)


def house(text: str) -> House:
    return House(rulebook(text), "https://tiers.example.com")


def words(text: str) -> Words:
    return Words(rulebook(text), {alert().rule: text})


MAILS: dict[str, Callable[[str], Mail]] = {
    "one": lambda text: about_one(story(text), Addressee(TO, is_csm=True), words(text)),
    "one to a fallback recipient": lambda text: about_one(story(text), Addressee(TO, is_csm=False), words(text)),
    "several": lambda text: about_several([story(text), story(text)], Addressee(TO, is_csm=True), words(text)),
    "breaker": lambda text: about_breaker(
        Trip("3", NOW, 5, 1_200, {Suspect(text, text): 6, Suspect("mrr", text): 1}),
        Limits(within=timedelta(minutes=90)),
        TO,
        house(text),
    ),
    "waiting": lambda text: about_waiting(
        Waiting([raised(text), raised(text)], more=False), Paused(text, NOW, NOW), TO, "2026-11-22", house(text)
    ),
}


class Markup(HTMLParser):
    """The tags of a page with their attributes' names, and each address that an attribute leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.links: set[str | None] = set()
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.links |= {value for name, value in attrs if name in ("href", "src", "action", "srcdoc", "background")}

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


class Raw:
    """The message as a mail program gets it."""

    def __init__(self, mail: Mail) -> None:
        self.bytes = written(mail, SENDER, _address(mail.to), "claim-1").as_bytes()
        self.message = email.message_from_bytes(self.bytes, policy=email.policy.default)
        assert isinstance(self.message, EmailMessage)
        self.parts = [part for part in self.message.iter_parts() if isinstance(part, EmailMessage)]

    def part(self, subtype: str) -> str:
        [found] = [part for part in self.parts if part.get_content_subtype() == subtype]
        content: str = found.get_content()
        return content


def check(kind: str, text: str) -> None:
    plain, hostile = Raw(MAILS[kind](PLAIN)), Raw(MAILS[kind](text))

    assert hostile.message.keys() == HEADERS
    assert hostile.message["To"] == TO
    assert hostile.message["From"] == SENDER
    assert [part.get_content_type() for part in hostile.parts] == ["text/plain", "text/html"]
    for part in hostile.parts:
        assert {*part.keys()} <= {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    subject = str(hostile.message["Subject"])
    assert subject.isprintable() or "\u2068" in subject
    assert len(subject) < 300
    assert all(len(line) <= 998 for line in hostile.bytes.split(b"\r\n"))
    _check_bodies(plain, hostile)


def _check_bodies(plain: Raw, hostile: Raw) -> None:
    expected, found = Markup(plain.part("html")), Markup(hostile.part("html"))
    left = Counter(found.tags) - Counter(expected.tags)
    assert not left, "a text of nothing leaves lines out, and no text adds any"
    assert found.links == expected.links <= {LINK}
    assert found.others == []
    assert len(hostile.part("plain").splitlines()) <= len(plain.part("plain").splitlines())
    for part in (hostile.part("plain"), hostile.part("html")):
        assert "1337" not in part
        assert "__globals__'" not in part
        assert not {*part} & {*"\x00\x1b\x7f\x85\u2028\u2029\u202e\u2066\u2067\u200f\u200b\ufeff"}
        assert len(part) < 60_000


@pytest.mark.parametrize("kind", MAILS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_only_text(name: str, kind: str) -> None:
    check(kind, TEXTS[name])


@given(kind=st.sampled_from(sorted(MAILS)), text=st.text(st.characters(exclude_categories=[]), max_size=300))
def test_any_text_is_only_text(kind: str, text: str) -> None:
    check(kind, text)


@pytest.mark.parametrize("name", TEXTS)
def test_no_such_text_is_a_recipient(name: str) -> None:
    """Nor with an address before it or after it; white space alone is left out."""
    for to in (TEXTS[name], f"{TO}{TEXTS[name]}", f"{TEXTS[name]} <{TO}>", f"{TO},{TEXTS[name]}"):
        if to.strip() != TO:
            with pytest.raises(SendRefused):
                _address(to)
