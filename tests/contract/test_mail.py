"""How mails go out through SES, and what its failures mean."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st
from moto.backends import get_backend

from shared.alerts.message import Mail
from shared.alerts.store import SendFailed, SendRefused
from shared.aws import clients
from shared.aws.mail import SesMail, _address, written
from shared.memory.mail import MemoryMail
from shared.runtime.failures import Retryable
from tests.contract.faults import failing, hooked, losing, unreachable

SENDER = "Tierwright <alerts@tierwright.example>"
URL = "https://email.example"


def mail(
    to: str = "csm@example.com", subject: str = "Größe GmbH moved to Tier 2", thread: str = "acme.tier-lowered.2"
) -> Mail:
    return Mail(to, subject, "MRR is 640.00 · below 1000.\n", "<p>MRR is <b>640.00</b> · below 1000.</p>", thread)


def message(of: Mail, tag: str = "c-1") -> EmailMessage:
    raw = written(of, SENDER, _address(of.to), tag).as_bytes()
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


@pytest.fixture
def client(aws: None) -> Any:  # noqa: ARG001 - moto runs first
    client = clients.ses()
    client.create_email_identity(EmailIdentity="alerts@tierwright.example")
    return client


@pytest.fixture
def sender(client: Any) -> SesMail:
    return SesMail(client, SENDER, "tierwright-test")


def test_a_mail_goes_out_with_its_tag_and_configuration_set(client: Any, sender: SesMail) -> None:
    asked: dict[str, Any] = {}

    def note(params: dict[str, Any], **_: object) -> None:
        asked.update(params)

    with hooked(client, "before-parameter-build.sesv2.SendEmail", note):
        message_id = sender.send(mail(), tag="c-1")

    assert message_id
    assert asked["EmailTags"] == [{"Name": "notice", "Value": "c-1"}]
    assert asked["ConfigurationSetName"] == "tierwright-test"
    assert asked["Destination"] == {"ToAddresses": ["csm@example.com"]}
    stored = get_backend("ses")["123456789012"]["eu-central-1"].sent_messages[-1]
    assert "Subject: =?utf-8?" in stored.raw_data


def test_the_message_has_a_text_and_an_html_part() -> None:
    sent = message(mail())

    assert sent["From"] == SENDER
    assert sent["To"] == "csm@example.com"
    assert sent["Subject"] == "Größe GmbH moved to Tier 2"
    assert sent.get_content_type() == "multipart/alternative"
    text, html = (part for part in sent.iter_parts() if isinstance(part, EmailMessage))
    assert text.get_content().replace("\r\n", "\n") == mail().text
    assert html.get_content().strip() == mail().html
    assert sent["Auto-Submitted"] == "auto-generated"


def test_mails_of_one_alert_are_one_thread() -> None:
    first, second, other = message(mail()), message(mail(), "c-2"), message(mail(thread="other"), "c-3")

    assert first["References"] == second["References"] != other["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@tierwright.example>")


@given(st.text(), st.text(), st.text())
def test_no_text_makes_a_header(subject: str, text: str, thread: str) -> None:
    sent = message(Mail("csm@example.com", subject, text, text, thread))

    assert set(sent.keys()) == {
        "From",
        "To",
        "Subject",
        "Message-ID",
        "References",
        "In-Reply-To",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }


def test_a_subject_stays_on_its_line() -> None:
    sent = message(mail(subject="Acme\r\nBcc: everybody@example.com\u2028\x00!"))

    assert sent["Subject"] == "Acme Bcc: everybody@example.com !"
    assert sent["Bcc"] is None


@pytest.mark.parametrize(
    "word",
    [
        "=?utf-8?q?=0D=0ABcc:_c@d.example?=",
        "=?utf-8?b?DQpCY2M6IGNAZC5leGFtcGxl?=",
        "=?us-ascii?q?=00?=",
        "=?utf-8?q?=E2=80=AE?=",
        "=?utf-8?q?=ff=fe?=",
        "==??utf-8?q?=0A?=",
    ],
)
def test_what_reads_as_an_encoded_word_is_only_text(word: str) -> None:
    """The library would take it for what it encodes: a null byte, a line end, a mark that turns the line around."""
    sent = message(mail(subject=f"Acme {word} moved"))

    assert sent["Subject"] == f"Acme {word.replace('=?', '= ?')} moved"
    assert sent.get_all("Bcc") is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@",
        "@b.example",
        "a b@c.example",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "grö@b.example",
        "<a@b.example>",
        "a@b@c.example",
        "a@" + "x" * 300 + ".example",
        "a@\ud800.example",
        "csm@größe.example",
        "csm@example.com=?us-ascii?b?AA==?=",
        "=?utf-8?q?=E2=80=AE?=@example.com",
    ],
)
def test_what_is_no_address_is_refused(sender: SesMail, address: str) -> None:
    with pytest.raises(SendRefused):
        sender.send(mail(to=address), tag="c-1")


@pytest.mark.parametrize("tag", ["", "a b", "a#b", "ü", "x" * 257, "a\n"])
def test_a_tag_that_ses_does_not_take_is_an_error(sender: SesMail, tag: str) -> None:
    with pytest.raises(ValueError, match="message tag"):
        sender.send(mail(), tag=tag)


@pytest.mark.parametrize(
    "code",
    ["MessageRejected", "MailFromDomainNotVerifiedException", "AccountSuspendedException", "BadRequestException"],
)
def test_a_message_that_ses_will_never_take_is_refused(client: Any, sender: SesMail, code: str) -> None:
    with failing(client, "sesv2.SendEmail", code), pytest.raises(SendRefused, match=code):
        sender.send(mail(), tag="c-1")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 429),
        ("LimitExceededException", 400),
        ("SendingPausedException", 400),
        ("ThrottlingException", 400),
        ("AccessDeniedException", 403),
        ("ServiceUnavailable", 503),
    ],
)
def test_a_message_that_ses_does_not_take_now_failed(client: Any, sender: SesMail, code: str, status: int) -> None:
    with failing(client, "sesv2.SendEmail", code, status), pytest.raises(SendFailed, match=code):
        sender.send(mail(), tag="c-1")


@pytest.mark.parametrize(
    "error",
    [EndpointConnectionError(endpoint_url=URL), ConnectTimeoutError(endpoint_url=URL), NoCredentialsError()],
)
def test_what_never_left_failed(client: Any, sender: SesMail, error: Exception) -> None:
    with unreachable(client, "sesv2.SendEmail", error), pytest.raises(SendFailed):
        sender.send(mail(), tag="c-1")


@pytest.mark.parametrize("error", [ReadTimeoutError(endpoint_url=URL), ConnectionClosedError(endpoint_url=URL)])
def test_a_lost_answer_leaves_open_whether_it_went_out(client: Any, sender: SesMail, error: Exception) -> None:
    with losing(client, "sesv2.SendEmail", error), pytest.raises(Retryable, match="may have gone out"):
        sender.send(mail(), tag="c-1")


def test_a_provider_that_broke_leaves_open_whether_it_went_out(client: Any, sender: SesMail) -> None:
    with failing(client, "sesv2.SendEmail", "InternalFailure", 500), pytest.raises(Retryable):
        sender.send(mail(), tag="c-1")


def test_a_send_is_tried_once() -> None:
    assert clients.ONCE["total_max_attempts"] == 1


def test_no_failure_names_the_recipient(client: Any, sender: SesMail) -> None:
    with failing(client, "sesv2.SendEmail", "MessageRejected"), pytest.raises(SendRefused) as refused:
        sender.send(mail(), tag="c-1")

    assert "csm@example.com" not in str(refused.value)


def test_the_sender_in_memory_keeps_what_went_out_and_fails_as_told() -> None:
    sender = MemoryMail()
    sender.refused.add("gone@example.com")
    sender.fail_with.append(SendFailed("throttled"))

    with pytest.raises(SendFailed):
        sender.send(mail(), tag="c-1")
    with pytest.raises(SendRefused):
        sender.send(mail("gone@example.com"), tag="c-2")
    first, second = sender.send(mail(), tag="c-3"), sender.send(mail(), tag="c-4")

    assert first != second
    assert sender.sent == [(mail(), "c-3"), (mail(), "c-4")]
