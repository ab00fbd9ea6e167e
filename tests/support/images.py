"""What a stream tells of a change of an account."""

from collections.abc import Mapping
from typing import Any

from shared.accounts.account import Account
from shared.accounts.standing import Cause
from shared.aws.dynamodb.account_rows import AccountItem, account_attributes


def image(after: Account, cause: Cause) -> Mapping[str, Any]:
    """The `dynamodb` part of a record."""
    item = AccountItem(**account_attributes(after, cause)).serialize()
    return {"Keys": {"id": item["id"]}, "NewImage": item}
