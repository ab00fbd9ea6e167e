"""Whose account a record belongs to: what is done where one record states that another is the same account's."""

from dataclasses import dataclass

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.store import Link


@dataclass(frozen=True, slots=True)
class Settled:
    """The stated record is this account's already."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Nobody has the stated record: it becomes this account's, whether it has arrived or will."""

    record: RecordKey


@dataclass(frozen=True, slots=True)
class Absorb:
    """The stated record founded an account alone, and nobody edited that: this account takes it over."""

    record: RecordKey
    founded: Account


@dataclass(frozen=True, slots=True)
class Conflict:
    """The stated record is another account's for a reason of its own: which is right, a person must say."""

    record: RecordKey
    holder: AccountId

    def reason(self, claimant: AccountId) -> str:
        return f"{self.record} is stated to be of account {claimant}, but belongs to account {self.holder}"


type Judgement = Settled | Claim | Absorb | Conflict


def judge(record: RecordKey, home: AccountId, link: Link | None, head: Account | None) -> Judgement:
    """What to do where a record of the account `home` states `record`, which `link` leads to `head`.

    `head` is past all mergers: what was claimed for an account that was absorbed since is the absorbing one's.
    """
    if link is None:
        return Claim(record)
    if head is None:
        return Conflict(record, link.account_id)
    if head.id == home:
        return Settled()
    alone = head.id == link.account_id and not link.stated and tuple(head.records) == (record,)
    if alone and head.override is None and not head.requested:
        return Absorb(record, head)
    return Conflict(record, head.id)
