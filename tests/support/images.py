"""What a stream tells of a change of an account."""

from collections.abc import Mapping
from typing import Any

from shared.accounts.account import Account
from shared.accounts.standing import Cause, TierChange
from shared.aws.dynamodb.account_rows import AccountItem, HistoryItem, account_attributes, history_attributes


def image(after: Account, cause: Cause) -> Mapping[str, Any]:
    """The `dynamodb` part of a record."""
    item = AccountItem(**account_attributes(after, cause)).serialize()
    return {"Keys": {"id": item["id"]}, "NewImage": item}


def row_image(row: TierChange) -> Mapping[str, Any]:
    """The same of a row of tier history."""
    item = HistoryItem(**history_attributes(row)).serialize()
    return {"Keys": {"account_id": item["account_id"], "version": item["version"]}, "NewImage": item}
