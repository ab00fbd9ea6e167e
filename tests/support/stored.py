"""What is stored: every table's rows, read as the product reads them; on moto, on the local stack, or out of twins."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.standing import TierChange
from shared.accounts.store import Link
from shared.alerts.alert import Alert
from shared.alerts.notice import Notice
from shared.aws.dynamodb.account_rows import account_of, link_of, tier_change_of
from shared.aws.dynamodb.alert_rows import alert_of, notice_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Stored:
    accounts: Mapping[AccountId, Account]
    """By id."""
    links: Mapping[str, Link]
    """By record: `generic:x`."""
    history: Mapping[AccountId, Sequence[TierChange]]
    """By account, by version."""
    alerts: Sequence[Alert]
    notices: Sequence[Notice]
    claims: Mapping[str, frozenset[str]]
    """The notices of each mail, by its claim."""


def scanned(client: "DynamoDBClient", table: Callable[[str], str]) -> Stored:
    """`table`: a table's name there, by its name in `tables`. As of no single moment while anybody writes."""

    def rows(name: str) -> list[dict[str, Any]]:
        pages = client.get_paginator("scan").paginate(TableName=table(name))
        return [item for page in pages for item in page["Items"]]

    history: dict[AccountId, list[TierChange]] = defaultdict(list)
    for row in map(tier_change_of, rows("history")):
        history[row.account_id].append(row)
    alerts = rows("alerts")
    return Stored(
        accounts={account.id: account for account in map(account_of, rows("accounts"))},
        links={str(link.record): link for link in map(link_of, rows("links"))},
        history={name: sorted(changes, key=lambda row: row.version) for name, changes in history.items()},
        alerts=[alert_of(item) for item in alerts if _kind(item) == "alert"],
        notices=[notice_of(item) for item in alerts if _kind(item) == "notice"],
        claims={
            item["pk"]["S"].partition("#")[2]: frozenset(item["notices"]["SS"])
            for item in alerts
            if _kind(item) == "claim"
        },
    )


def _kind(item: Mapping[str, Any]) -> str:
    return str(item["pk"]["S"].partition("#")[0])
