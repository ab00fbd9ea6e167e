"""Recurly customers of the suite's own, each with a CSM of its own, so that no mail is grouped with another's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import islice
from typing import Any

from local.billing import NotPriced
from local.recurly import Recurly
from tests.stack.deployed import Deployed
from tests.support.signing import recurly_body, recurly_headers

HIGH, LOW = Fraction("1225.00"), Fraction("640.00")
"""MRR in Tier 1, and in Tier 2."""
CSMS = tuple(f"csm-{number:02}@example.com" for number in range(51))


@dataclass(frozen=True, slots=True)
class Customer:
    code: str
    subscription: str
    csm: str


def reprice(deployed: Deployed, code: str, mrr: Fraction) -> str:
    """At the sandbox, which tells nobody; returns the subscription's id."""
    return Recurly(deployed.running.stack.sandboxes["recurly"]).reprice(code, mrr)


def announce(deployed: Deployed, customer: Customer, *, event: str = "updated") -> int:
    """Recurly's thin, signed webhook of the customer's subscription; returns the answer's status."""
    now = datetime.now(UTC)
    body = recurly_body("subscription", customer.subscription, event, now)
    headers = recurly_headers(body, now, deployed.running.stack.webhook_secrets["recurly"])
    return deployed.post("recurly", body, headers).status


def customers(deployed: Deployed, number: int, group: str, *, last: bool = False) -> list[Customer]:
    """In Tier 1, each with its CSM: deployed, billed at Recurly and told of by signed webhooks of both sources.

    The sandbox's first and the first CSMs, or the last of both: those share neither accounts nor mails with these.
    """
    found = [
        Customer(code, subscription, CSMS[-1 - place if last else place])
        for place, (code, subscription) in enumerate(islice(_repriced(deployed, last=last), number))
    ]
    assert len(found) == number, f"the sandbox has {len(found)} customers that bill in the reporting currency"
    records = [
        {
            "external_id": f"{group}-{number}",
            "external_ids": {"recurly": customer.code},
            "version": 1,
            "fields": {"owner": customer.csm},
        }
        for number, customer in enumerate(found)
    ]
    assert deployed.deliver(records).status == 200
    assert {announce(deployed, customer) for customer in found} == {200}
    for customer in found:
        deployed.wait(f"Tier 1 of {customer.code}", lambda code=customer.code: _ready(deployed, code))  # type: ignore[misc]
    return found


def account(deployed: Deployed, code: str) -> Mapping[str, Any] | None:
    items = deployed.api().get(f"/v1/accounts?external_id=recurly:{code}")["items"]
    found: Mapping[str, Any] | None = items[0] if items else None
    return found


def _repriced(deployed: Deployed, *, last: bool) -> Iterator[tuple[str, str]]:
    """Codes and subscriptions whose price can make both amounts: others are on trial, or bill in other currencies."""
    codes = Recurly(deployed.running.stack.sandboxes["recurly"]).codes()
    for code in reversed(codes) if last else codes:
        try:
            reprice(deployed, code, LOW)
            subscription = reprice(deployed, code, HIGH)
        except NotPriced:
            continue
        yield code, subscription


def _ready(deployed: Deployed, code: str) -> bool:
    found = account(deployed, code)
    return bool(found and found["tier"]["id"] == "tier-1" and found["owner"] and "@" not in found["owner"])


def hire(deployed: Deployed) -> None:
    """Before any function has read the users: each then trusts them for a while."""
    cognito = deployed.running.clients("cognito-idp")
    for email in CSMS:
        cognito.admin_create_user(
            UserPoolId=deployed.running.emulated.user_pool,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            MessageAction="SUPPRESS",
        )


def point_at_sandbox(deployed: Deployed) -> None:
    """Without a schedule: a sync that starts by itself would be counted with what a test does."""
    sandbox = deployed.running.stack.sandboxes["recurly"]
    document = {"base_url": sandbox.url, "sync_minutes": None, "secrets": {"api_key": sandbox.api_key}}
    deployed.api().call("PUT", "/v1/sources/recurly", document, headers={"if-match": "*"})
