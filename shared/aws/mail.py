"""Mail through SES: one raw MIME message a call, made by the standard library, never retried by the client."""

import email.policy
import re
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.alerts.message import Mail
from shared.alerts.store import SendRefused
from shared.aws.sending import unsent

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

TAG = "notice"
MAX_DOMAIN = 253
ENCODED_WORD = "=?"
"""How one begins (RFC 2047)."""
REFUSED = frozenset(
    {"AccountSuspendedException", "BadRequestException", "MailFromDomainNotVerifiedException", "MessageRejected"}
)
_TAG_VALUE = re.compile(r"[A-Za-z0-9_.@-]{1,256}", re.ASCII)
"""What SES takes as a message tag's value."""


class SesMail:
    """MailSender; its client is one that tries once (`clients.ses`)."""

    def __init__(self, client: "SESV2Client", sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, mail: Mail, *, tag: str) -> str:
        """Raises Retryable where it is open whether the mail went out; ValueError for a tag that SES does not take."""
        if not _TAG_VALUE.fullmatch(tag):
            raise ValueError(f"{tag!r} can't be a message tag: write letters, digits, _ . @ and -")
        to = _address(mail.to)
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to.addr_spec]},
                Content={"Raw": {"Data": written(mail, self._sender, to, tag).as_bytes()}},
                EmailTags=[{"Name": TAG, "Value": tag}],
                ConfigurationSetName=self._configuration_set,
            )
        except (ClientError, BotoCoreError) as error:
            raise unsent(error, REFUSED, "send mail") from error
        return answer["MessageId"]


def written(mail: Mail, sender: str, to: Address, tag: str) -> EmailMessage:
    """The message: text and HTML, in the thread of its alert.

    SES puts a Message-ID of its own in the place of ours; mail programs group by References, which stays.
    """
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = _line(mail.subject)
    domain = parseaddr(sender)[1].rpartition("@")[2]
    root = f"<{sha256(mail.thread.encode(errors='replace')).hexdigest()[:32]}@{domain}>"
    message["Message-ID"] = f"<{tag.replace('@', '.')}@{domain}>"
    message["References"] = root
    message["In-Reply-To"] = root
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_whole(mail.text))
    message.add_alternative(_whole(mail.html), subtype="html")
    return message


def _address(text: str) -> Address:
    """One address in ASCII (of a domain with other letters, its `xn--` form); raises SendRefused for anything else."""
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError) as error:
        raise SendRefused("the recipient's address is not one mail address") from error
    if not found.addr_spec.isascii() or len(found.domain) > MAX_DOMAIN or not (found.username and found.domain):
        raise SendRefused("the recipient's address is not one mail address in ASCII")
    if ENCODED_WORD in found.addr_spec:
        raise SendRefused("the recipient's address has what reads as an encoded word")
    return found


def _line(text: str) -> str:
    """On one line, whatever it was: a header ends where its line does. What reads as an encoded word (RFC 2047) is
    taken apart: the library, and whoever reads the mail, would put in its place what it encodes, line ends too.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in _whole(text)).split())
    return line.replace(ENCODED_WORD, "= ?")


def _whole(text: str) -> str:
    """Without halves of surrogate pairs, which UTF-8 can't write."""
    return text.encode(errors="replace").decode()
