"""Names of things: accounts, sources, records, fields, tiers."""

import base64
import hashlib
from typing import NamedTuple, NewType, Self

AccountId = NewType("AccountId", str)
SourceName = NewType("SourceName", str)
FieldName = NewType("FieldName", str)
TierId = NewType("TierId", str)
RuleId = NewType("RuleId", str)

MANUAL = SourceName("manual")
"""The source of the values that people set by hand; its one record of an account bears the account's id."""


class RecordKey(NamedTuple):
    """A record of a source: `recurly:acme-1`, `generic:acct_42`. A tuple, since it is looked up and sorted by at every
    turn.
    """

    source: SourceName
    external_id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The record that `text` (`source:external id`) names; raises ValueError where either half is missing."""
        source, colon, external_id = text.partition(":")
        if not (source and colon and external_id):
            raise ValueError(f"{text!r} names no record: write source:external_id")
        return cls(SourceName(source), external_id)


def account_id_for(record: RecordKey) -> AccountId:
    """The id of the account that `record` founds.

    Derived, not drawn: two deliveries that race to create the account create the same one, and a replay names it again.
    """
    digest = hashlib.sha256(str(record).encode()).digest()
    return AccountId(base64.b32encode(digest[:10]).decode().lower())
