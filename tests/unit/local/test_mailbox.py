from datetime import UTC, datetime
from typing import Any

from werkzeug.test import Client

from local.mailbox.mails import Mail, from_json, newest_first
from local.mailbox.pages import Mailbox


def message(**fields: Any) -> dict[str, Any]:
    return {
        "MessageId": "a@email.amazonses.com",
        "Source": "tierwright@example.com",
        "To": ["csm@example.com"],
        "CC": [],
        "BCC": [],
        "Subject": "Acme: Tier 1 → Tier 2",
        "BodyText": "text",
        "BodyHtml": None,
        "Timestamp": 1_763_800_000.0,
        **fields,
    }


def mail(**fields: Any) -> Mail:
    return newest_first({"messages": {"000000000000": [message(**fields)]}})[0]


def client(*mails: Mail) -> Client:
    return Client(Mailbox(lambda: mails))


def test_reads_the_mails_of_all_accounts_newest_first() -> None:
    old, new = message(Timestamp=1.0), message(Timestamp=2.0, To=["x@example.com"], CC=["y@example.com"])
    mails = newest_first({"messages": {"1": [old], "2": [new]}})
    assert [mail.sent_at for mail in mails] == [datetime.fromtimestamp(2, UTC), datetime.fromtimestamp(1, UTC)]
    assert mails[0].to == ("x@example.com", "y@example.com")


def test_lists_each_mail_with_its_permalink() -> None:
    page = client(mail(MessageId="id-1@ses")).get("/").text
    assert 'href="/mails/id-1"' in page
    assert "Acme: Tier 1 → Tier 2" in page
    assert "csm@example.com" in page


def test_says_what_to_do_while_there_is_no_mail() -> None:
    assert "make send" in client().get("/").text


def test_escapes_what_a_mail_says() -> None:
    box = client(mail(Subject="<script>alert(1)</script>", BodyText="<b>"))
    for path in ("/", "/mails/a"):
        assert "<script>alert(1)" not in box.get(path).text


def test_shows_html_in_a_frame_that_runs_no_script() -> None:
    box = client(mail(BodyHtml="<html><head></head><body><script>steal()</script></body></html>"))
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in box.get("/mails/a").text
    framed = box.get("/mails/a/html")
    assert framed.text.startswith('<html><head><base target="_blank">')
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_shows_the_text_of_a_mail_without_html() -> None:
    box = client(mail(BodyText="only text"))
    assert "only text" in box.get("/mails/a").text
    assert box.get("/mails/a/html").status_code == 404


def test_gives_tests_the_same_as_json() -> None:
    answer = client(mail(BodyHtml="<p>")).get("/messages.json").get_json()
    assert answer == {
        "messages": [
            {
                "id": "a",
                "from": "tierwright@example.com",
                "to": ["csm@example.com"],
                "subject": "Acme: Tier 1 → Tier 2",
                "sent_at": "2025-11-22T08:26:40Z",
                "text": "text",
                "html": "<p>",
            }
        ]
    }


def test_an_unknown_mail_is_not_found() -> None:
    assert client().get("/mails/a").status_code == 404


def test_what_is_kept_over_a_restart_is_the_same_mail() -> None:
    kept = mail(BodyHtml="<p>", CC=["x@example.com"])
    assert from_json(kept.as_json()) == kept
