"""What `make doctor` makes of what it saw of a deployment: each check good, an advice or bad, with what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    GOOD = "good"
    ADVICE = "advice"
    """It works; something would be better."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    level: Level
    said: str
    todo: str = ""


def mail_sandbox(account: Mapping[str, Any]) -> Finding:
    """From SES's GetAccount."""
    check = "mail to anybody"
    if not account["SendingEnabled"]:
        return Finding(check, Level.BAD, "SES has paused this account's mails", "read why in the SES console")
    if not account["ProductionAccessEnabled"]:
        said = "SES holds this account in its sandbox: mails reach verified addresses only"
        return Finding(check, Level.BAD, said, "request production access in the SES console (about a day)")
    return Finding(check, Level.GOOD, "SES sends to any address")


def sender(name: str, identity: Mapping[str, Any] | None) -> Finding:
    """From SES's GetEmailIdentity; None where it knows no such identity."""
    check = f"sender {name}"
    if identity is None:
        return Finding(check, Level.BAD, "SES does not know it", "deploy, or correct `sender` in infra/stages.toml")
    if not identity["VerifiedForSendingStatus"]:
        todo = "follow the link in SES's mail to it, or publish the domain's DNS records"
        return Finding(check, Level.BAD, "SES has not verified it", todo)
    return Finding(check, Level.GOOD, "verified")


def dkim(name: str, identity: Mapping[str, Any]) -> Finding:
    """From SES's GetEmailIdentity."""
    check = f"DKIM of {name}"
    status = identity["DkimAttributes"]["Status"]
    if status == "SUCCESS":
        return Finding(check, Level.GOOD, "mails are signed for the domain")
    if identity["IdentityType"] == "EMAIL_ADDRESS":
        todo = "set `mail_domain` in infra/stages.toml: unsigned mails land in spam folders"
        return Finding(check, Level.ADVICE, "a single address is verified: its mails are not signed", todo)
    return Finding(check, Level.BAD, f"its status is {status}", "publish the CNAME records that the deployment printed")


def key_missing(source: str) -> Finding:
    todo = f'PUT /v1/sources/{source} with {{"secrets": {{"api_key": "…"}}}}'
    return Finding(f"key of {source}", Level.BAD, "none is set", todo)


def key_refused(source: str, why: Exception) -> Finding:
    return Finding(f"key of {source}", Level.BAD, str(why), f"check the key and `base_url` of /v1/sources/{source}")


def key_untried(source: str, why: Exception) -> Finding:
    return Finding(f"key of {source}", Level.BAD, f"{source} did not answer: {why}", "try again later")


def key_works(source: str, accounts: int | None) -> Finding:
    return Finding(f"key of {source}", Level.GOOD, f"it reads {'' if accounts is None else f'{accounts} '}accounts")


def deliveries(source: str, status: Mapping[str, object]) -> Finding:
    """From what was noted of the source."""
    check = f"webhooks of {source}"
    if not status:
        todo = f"let {source} send to the deployment's /webhooks/{source}, with the secret set there"
        return Finding(check, Level.BAD, "nothing was seen of it yet", todo)
    return Finding(check, Level.GOOD, f"last seen {status['last_at']:%Y-%m-%d %H:%M} UTC")
